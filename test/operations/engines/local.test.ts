import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operationId } from '../../../src/decisions/plan-hash.ts';
import { openApprovals } from '../../../src/division/approvals.ts';
import { type HeldDivision, openDivisionWriter } from '../../../src/division/directory.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import { LocalEngine } from '../../../src/operations/engines/local.ts';
import type { Clock, Log } from '../../../src/ports.ts';
import { ModelWorld, TO } from '../../decisions/upgrade-turn/model-world.ts';
import { modelCluster } from '../model-cluster.ts';

const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
let world: ModelWorld;
let directory: string;
let division: HeldDivision;
const clock: Clock = {
  now: () => world.now,
  sleep: async ms => world.advance(ms),
};

beforeEach(async () => {
  world = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'], new Map());
  directory = await mkdtemp(join(tmpdir(), 'containers-gm-engine-'));
  division = await openDivisionWriter(directory, { clock, log });
});
afterEach(async () => {
  await division.release();
  await rm(directory, { recursive: true, force: true });
});

/** The world's plan, saved, and what its operation came to. */
async function planned() {
  const plan = world.plan();
  const id = operationId(plan.plan_hash);
  await division.savePlan(plan);
  return {
    id,
    start: () =>
      division.leaveRequest({
        record_version: 1,
        kind: 'start',
        request_id: crypto.randomUUID(),
        plan_hash: plan.plan_hash,
        principal: 'operator',
        at: plan.created_at,
      }),
    states: async () => (await division.operation(id))?.nodes.map(({ node, state }) => `${node} ${state}`),
    journal: async (): Promise<JournalEntry[]> => {
      const text = await readFile(join(directory, 'operations', id, 'journal.jsonl'), 'utf8');
      return text
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
    },
  };
}

function anEngine(
  id: string,
  onEffect: (kind: Effect['kind'], node?: string) => Promise<void> = async () => undefined,
) {
  let resolve: (() => void) | undefined;
  const ended = new Promise<void>(over => {
    resolve = over;
  });
  const engine = new LocalEngine({
    division,
    clock,
    log,
    approvals: openApprovals(directory, { approvers: [], log }),
    snapshotDirectory: join(directory, 'snapshots'),
    cluster: name => (name === 'production' ? modelCluster(world, id, onEffect) : undefined),
    onEnd: async () => resolve?.(),
  });
  return { engine, ended };
}

describe('an engine over its directory', () => {
  it('SAFETY 3: has the intent of each effect on disk before the effect', async () => {
    const { id, start, journal } = await planned();
    const before: string[] = [];
    const { engine, ended } = anEngine(id, async kind => {
      const last = (await journal()).at(-1);
      if (last?.kind === 'intent' && last.effect.kind === kind) return;
      before.push(`${kind} after ${last?.kind}`);
      throw new Error('without its intent it would go on for ever');
    });
    await start();
    await engine.takeRequests();
    await ended;
    expect(before).toEqual([]);
    expect(new Set(world.versions())).toEqual(new Set([TO]));
  });

  it('SAFETY 7: asked to stop, it finishes the node under way and admits no other; the next one goes on', async () => {
    const { id, start, states } = await planned();
    const stopping: Promise<void>[] = [];
    const { engine } = anEngine(id, async kind => {
      if (kind === 'install') stopping.push(engine.stop());
    });
    await start();
    await engine.takeRequests();
    await expect.poll(() => stopping).toHaveLength(1);
    await stopping[0];
    expect(await states()).toEqual([
      'cp-2 done',
      'cp-3 pending',
      'cp-1 pending',
      'worker-1 pending',
      'worker-2 pending',
    ]);
    expect(world.cordonsLeft()).toEqual([]);

    const next = anEngine(id);
    await next.engine.resume();
    expect(next.engine.busy).toBe(1);
    await next.ended;
    expect(await division.operation(id)).toMatchObject({ status: 'succeeded' });
    expect([...world.counts.installs.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('SAFETY 9: a plan that is started again is the same operation: nothing happens', async () => {
    const { id, start, journal } = await planned();
    const { engine, ended } = anEngine(id);
    await start();
    await engine.takeRequests();
    await ended;
    const entries = (await journal()).length;
    const again = anEngine(id);
    await start();
    await again.engine.takeRequests();
    expect(again.engine.busy).toBe(0);
    expect(await journal()).toHaveLength(entries);
    expect(await division.requests()).toEqual([]);
  });
});
