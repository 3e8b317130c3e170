/** Scenario 2 of the seed through real parts: machines asked for, a reply without addresses asked back, two machines joined. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { CLUSTER, type Home, homeForTest } from './division-home.ts';
import { controlPlane, talosctl } from './simulated-talosctl.ts';

const task = { playbook: 'scale_cluster', cluster: CLUSTER, count: 2, labels: { pool: 'new' } };

/** The configuration of a machine that is there, as who runs the cluster has it for the next one. */
async function giveConfiguration(home: Home): Promise<void> {
  const [plane = ''] = await controlPlane(home);
  const members = await talosctl(home, plane, 'get', 'members', '-o', 'yaml');
  const worker = members
    .split('---\n')
    .map(text => parse(text))
    .find(member => member.spec.machineType === 'worker');
  const shown = await talosctl(home, String(worker.spec.addresses[0]), 'get', 'machineconfig', '-o', 'yaml');
  const document = parse(shown.split('---\n')[0] ?? '');
  const folder = join(home.directory, 'secrets', CLUSTER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const spec = typeof document.spec === 'string' ? document.spec : stringify(document.spec);
  await writeFile(join(folder, 'worker.yaml'), spec, { mode: 0o600 });
}

interface Sent {
  handoff_id: string;
  handoff_type: string;
  in_response_to?: string;
  context: Record<string, unknown>;
}

const handoffs = (home: Home): string => join(home.division, 'handoffs');

async function sent(home: Home, isIt: (handoff: Sent) => boolean): Promise<Sent> {
  return vi.waitFor(
    async () => {
      const names = (await readdir(join(handoffs(home), 'outgoing'))).filter(name => name.endsWith('.json'));
      const all = await Promise.all(
        names.map(async name => JSON.parse(await readFile(join(handoffs(home), 'outgoing', name), 'utf8')) as Sent),
      );
      const found = all.find(isIt);
      if (!found) throw new Error(`not among ${names.join(', ')}`);
      return found;
    },
    { timeout: 30_000, interval: 50 },
  );
}

async function reply(home: Home, name: string, body: Record<string, unknown>): Promise<void> {
  const folder = join(handoffs(home), 'incoming');
  await mkdir(folder, { recursive: true });
  const fields = {
    handoff_id: name,
    from: 'Infrastructure Division',
    to: 'Containers Division',
    handoff_type: 'resource_provisioned',
    status: 'completed',
    priority: 'high',
    created_at: new Date().toISOString(),
    ...body,
  };
  await writeFile(join(folder, `${name}.json`), JSON.stringify(fields));
}

describe('R114, R325, R326: scale_cluster', () => {
  it('R322, R323, R324: machines are asked for, missing addresses are asked back, each machine is configured, joined and labelled', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 1 });
    const host = await home.host();
    await host.call('cluster_health', {});
    await giveConfiguration(home);
    const { machines } = (await home.control('/machines', { cluster: CLUSTER, count: 2 })) as {
      machines: { name: string; ip: string }[];
    };
    const { structured } = await host.call('decompose_task', { task });
    const plan = structured.plan as { plan_hash: string };
    expect(plan).toMatchObject({ preflight: { blocked: [] }, authority: { level: 'autonomous' } });
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);

    const request = await sent(
      home,
      ({ handoff_type, context }) => handoff_type === 'resource_request' && !('missing' in context),
    );
    await reply(home, 'infra-001', { in_response_to: request.handoff_id, context: { summary: 'two machines are up' } });
    const asked = await sent(home, ({ in_response_to }) => in_response_to === 'infra-001');
    expect(asked.context).toMatchObject({ missing: ['nodes[].ip'] });
    const nodes = machines.map(({ ip }) => ({ ip }));
    await reply(home, 'infra-002', { in_response_to: asked.handoff_id, context: { summary: 'here they are', nodes } });

    const operation = await host.end(id, 'succeeded', 150_000);
    const seen = await home.nodes();
    for (const { name } of machines) expect(seen.find(node => node.name === name)).toMatchObject({ ready: true });
    const steps = operation.steps ?? [];
    const joined = steps.filter(({ id: step }) => step.endsWith('/join')).map(({ result }) => result?.node);
    expect(joined).toEqual(machines.map(({ name }) => name));
    expect(steps.filter(({ id: step }) => step.endsWith('/label')).every(({ state }) => state === 'done')).toBe(true);
    const done = steps.filter(({ state }) => state === 'done').map(({ id: step }) => step.split('/').at(-1));
    expect(done.slice(-3)).toEqual(['verify', 'capacity', 'report']);
    const journal = await home.journal(id);
    expect(journal.filter(entry => entry.kind === 'intent' && entry.effect.kind === 'apply_config')).toHaveLength(2);
  }, 240_000);
});
