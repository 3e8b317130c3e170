import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runProgram } from './command-line.ts';
import { sweepProcesses } from './processes.ts';

it('demo --json: both fleets upgraded, one JSON line on stdout, exit code 0', async () => {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  onTestFinished(async () => {
    await sweepProcesses(home);
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  const { exitCode, stdout, stderr } = await runProgram(
    ['--home', home, 'demo', '--json', '--nodes', '6', '--speed', '120'],
    { NODE_NO_WARNINGS: '1' },
  );
  expect({ exitCode, stderr, stdout }).toMatchObject({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^[^\n]+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({
    passed: true,
    simulated: true,
    status: 'succeeded',
    nodes_done: 12,
    nodes_total: 12,
    pdb_violations: 0,
    control_plane_overlaps: 0,
    etcd_quorum_lost: 0,
    max_installs_per_boot: 1,
    max_reboots_per_boot: 1,
    kills: 0,
    journal_writes: expect.any(Number),
  });
}, 180_000);

it('demo --kill-every 0 is refused: it would kill at no write or at each', async () => {
  const { exitCode, stdout, stderr } = await runProgram(['demo', '--kill-every', '0']);
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('give 1 or more');
});
