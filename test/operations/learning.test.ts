import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lessonOf } from '../../src/decisions/knowledge.ts';
import { openKnowledge } from '../../src/division/knowledge/knowledge.ts';
import type { JournalBody, OperationEvent } from '../../src/model/journal.ts';
import { keepCapacity, learnFromEnded } from '../../src/operations/learning.ts';
import { aCluster, aNode, aPod, seedNodes } from '../decisions/facts.ts';
import { commonPattern } from '../decisions/knowledge/patterns.ts';
import { collectingLog } from '../division/fixtures/records.ts';
import { structuredOf } from '../mcp/connected-client.ts';
import { aFront, aPlan, type Fixture, HASH } from '../mcp/front-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await aFront();
});
afterEach(async () => fixture.close());

const queued = { kind: 'queued', plan_hash: HASH, requested_by: 'operator' } as const;
const halted: JournalBody = {
  kind: 'stopped',
  status: 'halted',
  code: 'DISRUPTION_BLOCKED',
  reason: 'a budget allows nothing',
  remedy: 'wait',
  evidence: [],
};
const finished = { kind: 'finished', status: 'succeeded', summary: 'done' } as const;
const learn = () => learnFromEnded(fixture.front);
const patterns = async () => (await fixture.front.knowledge.patterns()).patterns;

describe('a lesson after each operation', () => {
  it('R337: tells what was upgraded, how it ended and what stopped it; a running one teaches nothing', async () => {
    await fixture.front.division.savePlan(aPlan());
    await fixture.record(aPlan(), queued, { kind: 'started' });
    await learn();
    expect(await patterns()).toEqual([]);
    await fixture.record(aPlan(), halted);
    await learn();
    const [pattern, ...more] = await patterns();
    expect(more).toEqual([]);
    expect(pattern).toMatchObject({
      patternId: 'talos-upgrade-1.12-to-1.13-simulated',
      name: 'Talos upgrade v1.12 to v1.13',
      summary: expect.stringContaining('DISRUPTION_BLOCKED: a budget allows nothing'),
      successRate: 0,
      observations: 1,
      simulated: true,
    });
  });

  it('R337: is counted once, whoever is killed when: another executor finds it counted, or counts it', async () => {
    await fixture.front.division.savePlan(aPlan());
    await fixture.record(aPlan(), queued, { kind: 'started' }, halted);
    // Killed after the end and before the lesson: nobody called `learn`. The next one looks at its start.
    for (let start = 0; start < 3; start += 1) {
      const { divisionDirectory } = fixture.front.config;
      const log = collectingLog();
      await learnFromEnded({
        division: fixture.writer,
        log,
        knowledge: openKnowledge(divisionDirectory, { log }),
      });
      expect(log.events).toEqual(start === 0 ? ['knowledge.learnt'] : []);
    }
    expect(await patterns()).toMatchObject([{ observations: 1, successRate: 0 }]);
    await fixture.record(aPlan(), { kind: 'control', action: 'resume', reason: 'again', by: 'operator' }, finished);
    await learn();
    expect(await patterns(), 'resumed: its last end counts').toMatchObject([{ observations: 1, successRate: 100 }]);
  });

  it('is in nobody’s way: a knowledge base that can’t be written is logged', async () => {
    await fixture.front.division.savePlan(aPlan());
    await fixture.record(aPlan(), queued, { kind: 'started' }, finished);
    const log = collectingLog();
    const knowledge = openKnowledge('/dev/null/nowhere', { log });
    await learnFromEnded({ division: fixture.writer, knowledge, log });
    expect(log.events).toEqual(['knowledge.unwritten']);
  });

  it('names what it waited for longest, all of one reason together', () => {
    const event = (minute: number, kind: string, message: string): OperationEvent => ({
      cursor: minute,
      kind,
      message,
      at: new Date(minute * 60_000).toISOString(),
    });
    const wait = (minute: number, reason: string) => event(minute, 'waiting', `waiting, ${reason}; ends when it is`);
    const events = [
      wait(0, 'budget web'),
      event(2, 'outcome', ''),
      wait(3, 'worker-1 boots'),
      event(6, 'observed', ''),
      wait(7, 'budget web'),
      event(10, 'outcome', ''),
    ];
    const operation = { ...base, status: 'succeeded' as const };
    expect(lessonOf(aPlan(), operation, events)?.operation.waited_longest).toEqual({
      reason: 'budget web',
      minutes: 5,
    });
    expect(lessonOf(aPlan(), operation, [])?.operation.waited_longest).toBeUndefined();
    expect(lessonOf(aPlan(), { ...base, status: 'running' }, events)).toBeUndefined();
  });
});

describe('what a plan cites', () => {
  const plan = { clusters: ['staging'], to_version: 'v1.13.9' };

  it('R294: the pattern that was there before, by its id; the plan’s hash is the same without it', async () => {
    const { client } = await fixture.connect('modern');
    const call = async () => structuredOf(await client.callTool({ name: 'rolling_upgrade', arguments: plan }));
    const before = await call();
    expect(before.knowledge).toEqual([]);
    const { pattern_id: patternId, name, description: summary, use_cases: useCases } = commonPattern;
    const lesson = { patternId, name, summary, useCases, clusters: [], versions: [], simulated: true, at: 'now' };
    await fixture.front.knowledge.record(lesson);
    expect(await call()).toMatchObject({ knowledge: [patternId], plan_hash: before.plan_hash });
  });
});

describe('samples of capacity', () => {
  it('R292: one a cluster and hour, what can be given and what is asked of it', async () => {
    const nodes = seedNodes.map(name => aNode(name, { unschedulable: name === 'worker-1' }));
    const facts = aCluster(nodes, { asOf: Date.parse('2026-11-22T10:20:00Z'), pods: [aPod('web-1', 'worker-2')] });
    const { knowledge, log } = fixture.front;
    for (const minutes of [0, 10, 60]) {
      await keepCapacity({ knowledge, log }, { ...facts, asOf: facts.asOf + minutes * 60_000 }, true, undefined);
    }
    const path = join(fixture.front.config.divisionDirectory, 'knowledge-base', 'capacity-planning.json');
    const { entries } = JSON.parse(await readFile(path, 'utf8'));
    expect(entries).toMatchObject([
      {
        entry_id: 'production-2026-11-22T10',
        cluster: 'production',
        simulated: true,
        nodes: { total: 6, schedulable: 5 },
        allocatable: { cpu_millis: 20_000 },
        requested: { cpu_millis: 100, pods: 1 },
      },
      { entry_id: 'production-2026-11-22T11' },
    ]);
  });
});

const base = {
  record_version: 1 as const,
  sequence: 3,
  operation_id: 'op-1',
  plan_hash: HASH,
  playbook: 'talos_upgrade',
  simulated: true,
  phase: 'end',
  clusters: ['staging'],
  progress: { done: 2, total: 2 },
  nodes: [],
  nodes_by_state: {},
  active: [],
  requested_by: 'operator',
  snapshots: [],
  started_at: '2026-11-22T09:00:00Z',
  updated_at: '2026-11-22T10:00:00Z',
  poll_after_seconds: 60,
  metrics: {
    minutes: 41,
    minutes_lower_bound: 38,
    ratio_to_bound: 1.08,
    evictions: 4,
    evictions_refused: 1,
    pdb_violations: 0,
    control_plane_overlaps: 0,
    contractor_calls: 9,
    tokens_estimated: 900,
  },
  result_summary: 'done',
};
