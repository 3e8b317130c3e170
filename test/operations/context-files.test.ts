import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TurnFacts } from '../../src/decisions/upgrade-turn.ts';
import { type HeldDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { TokenLedger } from '../../src/division/token-ledger/token-ledger.ts';
import { DivisionYaml } from '../../src/model/config.ts';
import { ClusterStatusFile } from '../../src/operations/cluster-status.ts';
import { JournalledState } from '../../src/operations/journalled-state.ts';
import type { Outlook } from '../../src/operations/outlook.ts';
import { aCluster, aMachine, aNode, etcdViews, seedNodes } from '../decisions/facts.ts';
import { ModelWorld } from '../decisions/upgrade-turn/model-world.ts';
import { AT, type CollectingLog, clock, collectingLog, temporaryFolder } from '../division/fixtures/records.ts';

const { thresholds, budget: allotment } = DivisionYaml.parse({ clusters: {} });
const plan = new ModelWorld(['cp-1', 'cp-2', 'cp-3', 'worker-1'], new Map()).plan();
const ID = 'op-0123456789abcdef';

let directory: string;
let division: HeldDivision;
let log: CollectingLog;
let outlook: Outlook & { budget: TokenLedger };

beforeEach(async () => {
  directory = await temporaryFolder();
  log = collectingLog();
  division = await openDivisionWriter(directory, { clock, log });
  const budget = new TokenLedger(directory, { allotment, timezone: 'UTC', now: () => clock.now(), log });
  outlook = {
    budget,
    timezone: 'UTC',
    thresholds,
    startedAt: AT,
    contractors: () => [{ name: 'talos', status: 'available', last_check: AT }],
    calls: () => ({ calls: 200, failures: 3, maxLatencyMs: 1500 }),
  };
  onTestFinished(async () => {
    await budget.close();
    await division.release();
  });
});

const pathOf = (name: string): string => join(directory, 'context', `${name}.json`);
const read = async (name: string) => JSON.parse(await readFile(pathOf(name), 'utf8'));
const open = () => JournalledState.open(plan, ID, { division, clock, log, outlook });

describe('context/division-state.json and metrics.json', () => {
  it('R295: tells tasks, tokens and contractors of the day, beside what others wrote there', async () => {
    const theirs = {
      gm_session_id: 'gm-1',
      contractors: [
        { name: 'a2a', status: 'x' },
        { name: 'talos', port: 1 },
      ],
    };
    await writeFile(pathOf('division-state'), JSON.stringify({ ...theirs, metrics: { mood: 'good' }, note: 'kept' }));
    await outlook.budget.report({ category: 'supervision', tokens: 1200, what: 'coo', task_id: ID });
    const state = await open();
    await state.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    expect(await read('division-state')).toMatchObject({
      gm_session_id: 'gm-1',
      note: 'kept',
      division: 'containers',
      day: '2026-11-22',
      active_tasks: [{ task_id: ID }],
      contractors: [
        { name: 'talos', status: 'available', last_check: AT, port: 1 },
        { name: 'a2a', status: 'x' },
      ],
      metrics: { mood: 'good', tasks_completed_today: 0, tokens_used_today: 1200, budget_allocated: 15_000 },
    });
    await state.record({ kind: 'finished', status: 'succeeded', summary: 'done' });
    expect(await read('division-state')).toMatchObject({ active_tasks: [], metrics: { tasks_completed_today: 1 } });
  });

  it('D7: names a session of its own where there is none', async () => {
    await (await open()).record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    expect(await read('division-state')).toMatchObject({ gm_session_id: `gm-containers-${AT}` });
  });

  it('R226, R228, R236: metrics hold the 17 KPIs; what operations do not give has no data', async () => {
    await outlook.budget.report({ category: 'supervision', tokens: 11_200, what: 'coo' });
    const state = await open();
    await state.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    await state.record({ kind: 'finished', status: 'succeeded', summary: 'done' });
    const { metrics, kpis } = await read('metrics');
    expect(metrics).toMatchObject({
      operational: { tasks_completed: 1, success_rate_percent: 100 },
      resource: { tokens_allocated: 15_000, tokens_used: 11_200, utilization_percent: 74.7 },
      quality: { error_rate_percent: 1.5, contractor_calls: 200 },
    });
    expect(Object.keys(kpis)).toHaveLength(17);
    expect(kpis).toMatchObject({
      token_utilization: { value: 74.7, target: '70-85', status: 'met' },
      error_rate: { value: 1.5, status: 'met' },
      task_success_rate: { value: 98.5, status: 'met' },
      emergency_reserve_usage: { value: 0, status: 'met' },
      budget_variance: { value: null, status: 'no_data' },
      cluster_uptime: { value: null, status: 'no_data' },
    });
  });

  it('an operation’s tokens_estimated is what was told of it, not what its plan expected', async () => {
    outlook.budget.count({ category: 'supervision', bytes: 700, what: 'get_operation', task_id: ID });
    const state = await open();
    await state.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: 'operator' });
    expect((await division.operation(ID))?.metrics.tokens_estimated).toBe(200);
  });
});

describe('context/cluster-status.json', () => {
  const facts = aCluster(
    seedNodes.map(node => aNode(node)),
    { cluster: 'staging', asOf: clock.now() },
  );
  const turn = (change: Partial<TurnFacts> = {}): TurnFacts => ({
    now: clock.now(),
    cluster: facts,
    machines: new Map(seedNodes.map(node => [node, aMachine(node)])),
    etcd: etcdViews(seedNodes.filter(node => node.startsWith('cp'))),
    controlPlanes: [],
    servers: [],
    ...change,
  });
  const file = () => new ClusterStatusFile({ division, log, thresholds, isSimulated: () => true });

  it('tells what a turn saw, and keeps other clusters and fields', async () => {
    await writeFile(
      pathOf('cluster-status'),
      JSON.stringify({ clusters: [{ name: 'edge' }, { name: 'staging', owner: 'x' }] }),
    );
    await file().see(turn());
    expect(await read('cluster-status')).toMatchObject({
      division: 'containers',
      as_of: AT,
      clusters: [
        {
          name: 'staging',
          owner: 'x',
          status: 'healthy',
          simulated: true,
          as_of: AT,
          nodes: { total: seedNodes.length },
        },
        { name: 'edge' },
      ],
    });
  });

  it('at most once a minute a cluster, and nothing where the cluster was not read', async () => {
    const status = file();
    const writeContext = vi.spyOn(division, 'writeContext');
    await status.see(turn());
    await status.see(turn());
    await status.see(turn({ etcd: [] }));
    await status.see({ ...turn(), cluster: aCluster([aNode('cp-1')], { cluster: 'production' }) });
    const { cluster: _unread, ...blind } = turn();
    await status.see(blind);
    expect(writeContext).toHaveBeenCalledTimes(2);
  });

  it('a picture with etcd does not wait behind one without', async () => {
    const status = file();
    await status.see(turn({ etcd: [] }));
    expect(await read('cluster-status')).toMatchObject({ clusters: [{ status: 'unknown', etcd: null }] });
    await status.see(turn());
    expect(await read('cluster-status')).toMatchObject({ clusters: [{ status: 'healthy', etcd: { healthy: true } }] });
  });

  it.each([
    ['etcd', { etcd: [] }, 0],
    ['every machine', { machines: new Map([['cp-1', aMachine('cp-1')]]) }, seedNodes.length - 1],
  ])('a cluster of which the turn did not ask %s is unknown, never healthy', async (_what, change, notAsked) => {
    await file().see(turn(change));
    expect(await read('cluster-status')).toMatchObject({
      clusters: [{ name: 'staging', status: 'unknown', machines_not_asked: notAsked, issues: [] }],
    });
  });
});
