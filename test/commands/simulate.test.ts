import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { simulate } from '../../src/commands/simulate.ts';
import { startSimulation } from '../../src/simulation/simulation.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('simulate refuses, as a usage error with the fix,', () => {
  it.each([
    ['two descriptions of the fleet', { shape: 'A', nodes: 5 }, '--shape and --nodes each say what the fleet is'],
    ['a size without --nodes', { pods: 50 }, '--pods says how large a fleet of --nodes is'],
    ['an unknown shape', { shape: 'Q' }, 'unknown shape "Q"'],
    ['no nodes', { nodes: 0 }, '--nodes: a fleet of no nodes'],
    ['too few pods', { nodes: 6, pods: 5 }, 'the fleet can’t be simulated: fleet: 5 pods are fewer'],
    ['a scenario that is no JSON', { scenario: file('a.json', '{') }, 'a.json: '],
    ['a scenario without faults', { scenario: file('b.json', '{"x": 1}') }, 'a scenario is {"faults": […]}'],
    [
      'a fault that can’t be',
      { scenario: file('c.json', '{"faults": [{"cluster": "staging", "kind": "meteor"}]}') },
      'fault 1: unknown fault kind "meteor"',
    ],
    ['a missing file', { clusters: join(folder, 'none.json') }, 'none.json: ENOENT'],
  ])('%s', async (what, options, message) => {
    const home = join(folder, what.replaceAll(/\W/g, '-'));
    await expect(simulate({ home, seed: 1, ...options })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });
});

it('a scenario is played from the start of a new world, and another by POST /scenario', async () => {
  const home = join(folder, 'played');
  const first = { faults: [{ cluster: 'staging', kind: 'foreign_cordon', node: 'staging-worker-1', at_minutes: 2 }] };
  const options = { home, speed: 0, seed: 1, scenario: first };
  const simulation = await startSimulation(options);
  const post = async (path: string, body: unknown): Promise<unknown> =>
    (await fetch(`${simulation.connection.control}${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
  try {
    const second = { faults: [{ cluster: 'staging', kind: 'api_slow', delay_ms: 5, at_minutes: 1 }] };
    expect(await post('/scenario', second)).toMatchObject({ faults: [{ id: 'fault-2', cluster: 'staging' }] });
    expect(await post('/scenario', { faults: [{ cluster: 'staging', kind: 'x' }] })).toMatchObject({
      error: 'fault 1: unknown fault kind "x"',
    });
    await post('/clock', { advance_ms: 120_000 });
    const faults = await fetch(`${simulation.connection.control}/faults`);
    expect(await faults.json()).toMatchObject({ faults: [{ kind: 'api_slow' }] });
    const world = (await (await fetch(`${simulation.connection.control}/world`)).json()) as {
      clusters: { staging: { nodes: { name: string; cordoned: boolean }[] } };
    };
    const cordoned = world.clusters.staging.nodes.filter(node => node.cordoned);
    expect(cordoned.map(({ name }) => name)).toEqual(['staging-worker-1']);
  } finally {
    await simulation.close();
  }
  const resumed = await startSimulation(options);
  expect(resumed.world.clusters.get('staging')?.faults.planned()).toEqual([]);
  await resumed.close();
});
