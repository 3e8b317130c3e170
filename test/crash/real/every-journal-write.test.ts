import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../../e2e/command-line.ts';
import { sweepProcesses } from '../../e2e/processes.ts';

async function folderForTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  onTestFinished(async () => {
    await sweepProcesses(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  return folder;
}

/** Three control plane nodes and nobody else: each kind of effect, in the fewest lives. */
const FLEET = {
  clusters: [{ name: 'staging', environment: 'staging', control_planes: 3, workers: 0, pods: 22, budgets: 0 }],
};

it('demo --kill-every 1: killed -9 at every journal write, it upgrades the fleet all the same, and breaks no rule', async () => {
  const home = await folderForTest();
  const fleet = join(home, 'fleet.json');
  await writeFile(fleet, JSON.stringify(FLEET));
  const { exitCode, stdout, stderr } = await runProgram(
    ['--home', home, 'demo', '--json', '--speed', '100', '--kill-every', '1'],
    { NODE_NO_WARNINGS: '1', CONTAINERS_GM_SIMULATION_CLUSTERS: fleet },
  );
  expect({ exitCode, stderr, stdout }).toMatchObject({ exitCode: 0, stderr: '' });
  const verdict = JSON.parse(stdout);
  expect(verdict).toMatchObject({
    passed: true,
    nodes_done: 3,
    nodes_total: 3,
    pdb_violations: 0,
    control_plane_overlaps: 0,
    etcd_quorum_lost: 0,
    max_installs_per_boot: 1,
    max_reboots_per_boot: 1,
  });
  expect(verdict.kills).toBe(verdict.journal_writes);
  expect(verdict.kills).toBeGreaterThan(0);

  const operations = join(home, 'coordination', 'divisions', 'containers', 'operations');
  const journal = await readFile(join(operations, verdict.operation_id, 'journal.jsonl'), 'utf8');
  expect(journal.trimEnd().split('\n')).toHaveLength(verdict.journal_writes);
  const kills = (await readFile(join(operations, 'kills.jsonl'), 'utf8')).trimEnd().split('\n');
  expect(kills.map(line => JSON.parse(line).sequence)).toEqual(kills.map((_, index) => index + 1));
}, 400_000);

it.each([
  { every: '1', file: 'division.yaml', says: 'this division is real' },
  { every: 'often', file: undefined, says: '"often" is no whole number above 0' },
])('an executor asked to die at every $every is refused: $says', async ({ every, file, says }) => {
  const folder = await folderForTest();
  const division = join(folder, file ?? 'none');
  const cluster = {
    kubernetes: { kubeconfig: './none', context: 'a' },
    talos: { talosconfig: './none', context: 'a', endpoints: ['10.0.0.2'] },
  };
  await writeFile(division, JSON.stringify({ clusters: { a: cluster } }));
  const options = file === undefined ? [] : ['--division', division];
  const ended = await runProgram(['--home', folder, ...options, 'executor'], { CONTAINERS_GM_KILL_EVERY: every });
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).toContain(says);
});
