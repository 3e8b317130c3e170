import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { talosTools } from '../../src/model/talos.ts';
import { boundTo, type Fleet, smallFleet } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await smallFleet();
  await mkdir(fleet.secrets, { mode: 0o700 });
}, 60_000);
afterAll(() => fleet?.close());

const plane = () => {
  const [node = '', ...endpoints] = fleet.control('one');
  return { context: 'one', node, endpoints };
};
const worker = () => ({ context: 'one', node: fleet.workers('one')[0] ?? '', endpoints: fleet.control('one') });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('what our contractor reads of a simulated machine', () => {
  it('is in the form of the model, each part of it', async () => {
    const { call } = await fleet.start();
    const node = plane().node;
    const reads = [
      ['talos_disks', {}, { disks: [{ id: 'sda', size_bytes: 512_110_190_592, rotational: false }] }],
      ['talos_time', {}, { node, offset_ms: 0 }],
      ['talos_memory', {}, { node }],
      ['talos_stats', { kubernetes: true }, { node }],
      ['talos_images', { namespace: 'system' }, { node }],
      ['talos_dmesg', { tail_lines: 3 }, { node }],
      ['talos_rotation_plan', { authority: 'talos' }, { control_plane: fleet.control('one') }],
      ['talos_patch_preview', { patch: { machine: { nodeLabels: { a: 'b' } } } }, { changes: true, reboots: false }],
    ] as const;
    for (const [tool, input, expected] of reads) {
      const answer = await call(tool, { ...plane(), ...input });
      expect({ tool, ...answer.error, ...answer.structured }).toMatchObject({ tool, ...expected });
      expect(talosTools[tool].output.safeParse(answer.structured).error).toBeUndefined();
    }
    const { containers } = (await call('talos_containers', { ...plane(), kubernetes: true })).structured;
    expect(JSON.stringify(containers)).toContain('kube-apiserver');
    const plan = await call('talos_kubernetes_upgrade_plan', { ...plane(), to: '1.35.6', kubelets: false });
    expect(plan.structured).toMatchObject({ from: '1.35.4', to: '1.35.6', control_plane: fleet.control('one') });
    expect(plan.structured.changes).toHaveLength(9);
  }, 60_000);

  it('are all its certificates and the talosconfig’s own; a worker has none of etcd and of Kubernetes', async () => {
    const { call } = await fleet.start();
    const kinds = async (target: Record<string, unknown>): Promise<string[]> => {
      const { structured, text } = await call('talos_certificates', target);
      expect(structured.unanswered).toEqual([]);
      expect(text).not.toContain('BEGIN');
      const certificates = structured.certificates as { kind: string; name: string; expires_at: string }[];
      expect(certificates.every(({ expires_at }) => Date.parse(expires_at) > fleet.simulation.world.now())).toBe(true);
      return certificates.map(({ kind, name }) => `${kind} ${name}`);
    };
    expect(await kinds(plane())).toEqual([
      'authority acceptedCAs',
      'client talosconfig one',
      'etcd etcd',
      'etcd etcdAPIServer',
      'etcd etcdAdmin',
      'etcd etcdPeer',
      'kubelet kubelet client',
      'kubernetes apiServer',
      'kubernetes apiServerKubeletClient',
      'kubernetes frontProxy',
      'talos client',
      'talos server',
    ]);
    expect(await kinds(worker())).toHaveLength(5);
  }, 60_000);
});

describe('a machine config', () => {
  it('is patched on the machine that is meant only, and once it is as wanted nothing changes', async () => {
    const contractor = await fleet.start();
    const { system_uuid } = await boundTo(contractor, worker());
    const patch = { ...worker(), system_uuid, patch: { machine: { nodeLabels: { tier: 'gold' } } }, mode: 'auto' };
    const wrong = await contractor.call('talos_patch_config', {
      ...patch,
      system_uuid: '00000000-0000-4000-8000-000000000000',
    });
    expect(wrong.error).toMatchObject({ error_class: 'precondition' });
    expect((await contractor.call('talos_patch_config', patch)).structured).toMatchObject({ changed: true });
    expect((await contractor.call('talos_patch_config', patch)).structured).toMatchObject({ changed: false });
  }, 60_000);

  it.each([
    ['a token', { machine: { token: 'abc' } }],
    ['a registry’s credentials', { machine: { registries: { config: { r: { auth: { username: 'x' } } } } } }],
    ['a key under another name', { machine: { files: [{ content: '-----BEGIN EC PRIVATE KEY-----' }] } }],
    ['nothing', {}],
  ])('is not patched with %s', async (_, patch) => {
    const { call } = await fleet.start();
    const answer = await call('talos_patch_preview', { ...worker(), patch });
    expect(answer.error).toMatchObject({ error_class: 'invalid_argument' });
  });

  it('is applied from a file of its owner alone, with the hash that was named, inside the folder for secrets', async () => {
    const contractor = await fleet.start();
    const { system_uuid } = await boundTo(contractor, worker());
    const text = `version: v1alpha1\nmachine:\n  type: worker\n  nodeLabels:\n    tier: silver\n`;
    const path = join(fleet.secrets, 'worker.yaml');
    await writeFile(path, text, { mode: 0o600 });
    const good = { ...worker(), system_uuid, path, sha256: sha256(text), mode: 'auto', maintenance: false };
    const apply = async (change: Record<string, unknown>) =>
      (await contractor.call('talos_apply_config', { ...good, ...change })).error.error_class;
    expect(await apply({ sha256: sha256('another') })).toBe('precondition');
    const outside = join(fleet.secrets, '..', 'worker.yaml');
    await writeFile(outside, text, { mode: 0o600 });
    expect(await apply({ path: outside })).toBe('invalid_argument');
    await symlink(join(fleet.secrets, '..'), join(fleet.secrets, 'way-out'));
    expect(await apply({ path: join(fleet.secrets, 'way-out', 'worker.yaml') })).toBe('invalid_argument');
    expect(await apply({ path: join(fleet.secrets, 'nothing.yaml') })).toBe('not_found');
    await chmod(path, 0o644);
    expect(await apply({})).toBe('precondition');
    await chmod(path, 0o600);
    const preview = await contractor.call('talos_apply_preview', { ...worker(), path, sha256: sha256(text) });
    expect(preview.structured).toMatchObject({ changes: true });
    expect((await contractor.call('talos_apply_config', good)).structured).toMatchObject({ changed: true });
  }, 60_000);
});

describe('a kubeconfig', () => {
  it('is written for its owner alone, replaces the one before, and is told nowhere', async () => {
    const { call, said } = await fleet.start();
    const path = join(fleet.secrets, 'kubeconfig');
    const first = await call('talos_kubeconfig', { ...plane(), path });
    expect(first.structured).toMatchObject({ path, server: expect.stringMatching(/^http/) });
    const second = await call('talos_kubeconfig', { ...plane(), path });
    const written = await readFile(path, 'utf8');
    expect(second.structured).toMatchObject({ sha256: sha256(written), bytes: Buffer.byteLength(written) });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(fleet.secrets)).toContain('kubeconfig');
    expect((await readdir(fleet.secrets)).filter(name => name.endsWith('.partial'))).toEqual([]);
    const key = /client-key-data: (\S{20})/.exec(written)?.[1] ?? 'missing';
    expect(`${first.text}${JSON.stringify(first.structured)}${said()}`).not.toContain(key);
    const outside = await call('talos_kubeconfig', { ...plane(), path: '/tmp/kubeconfig-of-nobody' });
    expect(outside.error).toMatchObject({ error_class: 'invalid_argument' });
  }, 60_000);
});

describe('etcd', () => {
  it('is defragmented and disarmed; a member that is gone counts as removed, the others stay', async () => {
    const { call } = await fleet.start();
    const members = async () => (await call('talos_etcd_members', plane())).structured.members as { id: string }[];
    const before = await members();
    expect(await call('talos_etcd_defragment', plane())).toMatchObject({ isError: false });
    expect((await call('talos_etcd_disarm_alarms', plane())).structured).toMatchObject({ disarmed: [] });
    const gone = await call('talos_etcd_remove_member', { ...plane(), member_id: '0123456789abcdef' });
    expect(gone.structured).toMatchObject({ detail: expect.stringContaining('no member of etcd any more') });
    expect(await members()).toEqual(before);
    const [last] = before.slice(-1);
    const removed = await call('talos_etcd_remove_member', { ...plane(), member_id: last?.id ?? '' });
    expect(removed.structured).toMatchObject({ detail: expect.stringContaining('was removed') });
    await vi.waitFor(async () => expect(await members()).toHaveLength(2), 10_000);
  }, 60_000);
});
