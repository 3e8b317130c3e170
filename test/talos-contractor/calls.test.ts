import { execFile } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { fakeTalosctl } from '../talosctl/fake-talosctl.ts';
import { startContractor } from './contractor-process.ts';

const run = promisify(execFile);
const target = { context: 'prod', node: '10.0.0.2', endpoints: ['10.0.0.3'] };

describe('calls that take time', () => {
  it('a cancelled call ends its talosctl, and the contractor answers the next', async () => {
    const fake = await fakeTalosctl({ 'etcd status': { until: '/nowhere/at/all' }, 'etcd alarm list': {} });
    const { call } = await startContractor(fake.env);
    const controller = new AbortController();
    const cancelled = call('talos_etcd_status', target, controller.signal);
    await vi.waitFor(async () => expect(await fake.callsOf('etcd status')).toHaveLength(1), 10_000);
    controller.abort();
    await expect(cancelled).rejects.toThrow();
    expect((await call('talos_etcd_alarms', target)).structured).toEqual({ alarms: [] });
    const listed = async () => (await run('ps', ['-axo', 'args='])).stdout;
    await vi.waitFor(async () => expect(await listed()).not.toContain(fake.path), 5000);
  });

  it('a snapshot is saved and verified', async () => {
    const fake = await fakeTalosctl({ 'etcd snapshot': { snapshot: { pages: 8 } } });
    const { call } = await startContractor(fake.env);
    const folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
    const path = join(folder, 'db.snapshot');
    const { structured } = await call('talos_etcd_snapshot', { ...target, path });
    expect(structured).toMatchObject({ path, bytes: 8 * 512 + 32, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await readdir(folder)).toEqual(['db.snapshot']);
  });
});

describe('containers-gm contractor', () => {
  it('nobody knows is a usage error with a remedy', async () => {
    const args = ['--import', 'tsx', resolve('src/main.ts'), 'contractor', 'nobody'];
    await expect(run(process.execPath, args)).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('contractor talos'),
    });
  });
});
