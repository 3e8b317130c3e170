/** A front end over a real division directory in a temporary folder; its clusters are facts, its executor a counter. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldOperation } from '../../src/decisions/operation-state.ts';
import { operationId, planHash } from '../../src/decisions/plan-hash.ts';
import { openApprovals } from '../../src/division/approvals.ts';
import { type HeldDivision, openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { openHandoffs } from '../../src/division/handoffs/handoffs.ts';
import { openKnowledge } from '../../src/division/knowledge/knowledge.ts';
import { openPrivateFiles } from '../../src/division/private-files.ts';
import { openQuestions } from '../../src/division/questions.ts';
import { TokenLedger } from '../../src/division/token-ledger/token-ledger.ts';
import { DivisionError } from '../../src/errors.ts';
import { openCharts } from '../../src/helm/charts.ts';
import { buildServer, type ServedFront } from '../../src/mcp/server.ts';
import { type Config, DivisionYaml } from '../../src/model/config.ts';
import type { ClusterFacts } from '../../src/model/facts.ts';
import type { JournalBody } from '../../src/model/journal.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { Plan } from '../../src/model/plan.ts';
import { noObservations, projectOperation } from '../../src/operations/project.ts';
import type { Clock, ClusterPorts, FrontEnd, Log } from '../../src/ports.ts';
import { aCluster, aMachine, aNode, etcdViews, offered, seedNodes } from '../decisions/facts.ts';
import { noWorkloads } from '../operations/no-workloads.ts';
import { noMachineReads } from '../ports/no-machines.ts';
import { type Connection, connectedClient, type Era } from './connected-client.ts';

export const NOW = Date.parse('2026-11-22T10:00:00Z');

const clock: Clock = { now: () => NOW, sleep: async () => undefined };

function aConfig(home: string): Config {
  const { thresholds, budget, capacity } = DivisionYaml.parse({ clusters: {} });
  return {
    home,
    divisionDirectory: join(home, 'coordination', 'divisions', 'containers'),
    divisionFile: undefined,
    simulated: true,
    simulation: { directory: join(home, 'simulation'), speed: 60, seed: 1 },
    clusters: [],
    contractors: { talos: { command: 'talos', args: [], env: { TALOS_TOKEN: 'secret=abc' } } },
    thresholds,
    budget,
    capacity,
    timezone: 'UTC',
    snapshotDirectory: join(home, 'snapshots'),
    secretsDirectory: join(home, 'secrets'),
    federations: {},
    principal: 'operator',
    approvers: [],
    logLevel: 'silent',
    self: ['containers-gm'],
  };
}

/** A simulated cluster that shows these nodes; unreadable when `problem` is given. */
export function clusterPorts(name: string, change: Partial<ClusterFacts> = {}, problem?: Error): ClusterPorts {
  const facts = aCluster(
    seedNodes.map(node => aNode(node)),
    { cluster: name, asOf: NOW, ...change },
  );
  const read = async (): Promise<ClusterFacts> => {
    if (problem) throw problem;
    return facts;
  };
  const views = etcdViews(seedNodes.filter(node => node.startsWith('cp')));
  const viewOf = (address: string) => views.find(view => view.address === address);
  return {
    config: {
      name,
      mode: 'operate',
      environment: name === 'production' ? 'production' : 'staging',
      simulated: true,
      kubernetes: { kubeconfig: '/dev/null', context: name, servers: [] },
      talos: { contractor: 'talos', talosconfig: '/dev/null', context: name, endpoints: [] },
      installer: 'factory.talos.dev/metal-installer/{schematic}:{version}',
    },
    kubernetes: {
      cluster: name,
      facts: read,
      identity: async () => (await read()).kubeSystemUid,
      nodes: async () => [...(await read()).nodes],
      node: async node => (await read()).nodes.find(candidate => candidate.name === node),
      pods: async () => [...(await read()).pods],
      budgets: async () => [...(await read()).budgets],
      volumeAttachments: async () => [],
      servers: async () => [...facts.servers],
      lease: async () => undefined,
      missingPermissions: async () => [],
    },
    workloads: noWorkloads(name),
    talos: {
      ...noMachineReads,
      cluster: name,
      contractor: 'talos',
      capabilities: async () => ({ profile: 'own', offered, keepsReceipts: true, clientVersion: 'v1.13.9' }),
      machine: async ({ address }) => {
        const node = facts.nodes.find(candidate => candidate.internalIp === address);
        return aMachine(node?.name ?? 'nobody', { address });
      },
      etcd: async ({ address }) => {
        const view = viewOf(address);
        if (view === undefined) throw new DivisionError('TIMEOUT', 'no answer', 'try again');
        return view;
      },
      attempt: async () => ({ state: 'unknown' }),
      usage: { calls: 0, failures: 0 },
    },
  };
}

const plannedNode = (name: string) => ({
  name,
  role: 'worker' as const,
  address: '10.0.0.9',
  system_uuid: `uuid-${name}`,
  from_version: 'v1.12.11',
  installer: 'factory.talos.dev/metal-installer/abc:v1.13.9',
  path: ['v1.13.9'],
});
const hashed: Pick<Plan, 'requested' | 'clusters'> = {
  requested: {
    action: 'talos.upgrade',
    kind: 'talos',
    to_version: 'v1.13.9',
    max_unavailable: 1,
    canary: false,
    gates: [],
    accept_api_outage: false,
  },
  clusters: [
    {
      name: 'staging',
      environment: 'staging',
      simulated: true,
      kube_system_uid: 'uid',
      nodes: [plannedNode('worker-1'), plannedNode('worker-2')],
      skipped: [],
    },
  ],
};
/** Of `aPlan`; `SHORT` as it is shown. */
export const HASH = planHash(hashed);
export const SHORT = HASH.slice(0, 16);

export function aPlan(change: Partial<Plan> = {}): Plan {
  return {
    record_version: 1,
    plan_hash: HASH,
    playbook: 'talos_upgrade',
    ...structuredClone(hashed),
    phases: [
      { name: 'workers', cluster: 'staging', mode: 'turns', gate: 'none', nodes: ['worker-1', 'worker-2'], minutes: 8 },
    ],
    tasks: [],
    authority: { level: 'coo', action: 'kubernetes.upgrade', rule: 'a minor is COO', approved_by: 'simulation' },
    preflight: { blocked: [], warnings: [] },
    estimate: { minutes_expected: 8, minutes_p90: 12, minutes_lower_bound: 6, bound_by: 'reboots', tokens: 900 },
    knowledge: [],
    simulated: true,
    created_at: new Date(NOW - 60_000).toISOString(),
    expires_at: new Date(NOW + 3_600_000).toISOString(),
    ...change,
  };
}

export interface Fixture {
  front: FrontEnd;
  writer: HeldDivision;
  /** How often an executor was asked for. */
  executorCalls(): number;
  logged: string[];
  /** Journals `bodies` and writes the record that follows from them. */
  record(plan: Plan, ...bodies: JournalBody[]): Promise<Operation>;
  /** Journals `bodies`; the record lags behind, as it does for a moment after each entry. */
  journal(plan: Plan, ...bodies: JournalBody[]): Promise<void>;
  connect(era: Era, answer?: Parameters<typeof connectedClient>[2]): Promise<Connection>;
  close(): Promise<void>;
}

/** A front end that is open already, as it is served. */
export const served = (front: FrontEnd): ServedFront => ({
  principal: front.principal,
  log: front.log,
  open: async () => front,
});

export async function aFront(change: Partial<FrontEnd> = {}): Promise<Fixture> {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-front-'));
  const logged: string[] = [];
  const note = (event: string, fields?: Record<string, unknown>) =>
    logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const config = aConfig(home);
  const writer = await openDivisionWriter(config.divisionDirectory, { clock, log });
  const journal = async (plan: Plan, ...bodies: JournalBody[]): Promise<void> => {
    const id = operationId(plan.plan_hash);
    await writer.openJournal(id);
    for (const body of bodies) await writer.append(id, body, new Date(NOW).toISOString());
  };
  let calls = 0;
  const clusters = [clusterPorts('staging'), clusterPorts('production')];
  const { budget: allotment, timezone, divisionDirectory } = config;
  const budget = new TokenLedger(divisionDirectory, { allotment, timezone, now: () => clock.now(), log });
  const front: FrontEnd = {
    config,
    clock,
    log,
    division: await openDivision(config.divisionDirectory, { clock, log }),
    approvals: openApprovals(config.divisionDirectory, { approvers: [], log }),
    questions: openQuestions(config.divisionDirectory, { clock }),
    handoffs: openHandoffs(config.divisionDirectory, { clock, log }),
    budget,
    knowledge: openKnowledge(config.divisionDirectory, { log }),
    privateFiles: openPrivateFiles(config.snapshotDirectory),
    charts: openCharts(),
    principal: 'operator',
    clusters: async () => clusters,
    ensureExecutor: async () => {
      calls += 1;
    },
    ...change,
  };
  const connections: Connection[] = [];
  return {
    front,
    writer,
    logged,
    executorCalls: () => calls,
    journal,
    async record(plan, ...bodies) {
      const id = operationId(plan.plan_hash);
      await journal(plan, ...bodies);
      const { entries } = await writer.openJournal(id);
      const at = new Date(NOW).toISOString();
      const operation = projectOperation(plan, id, foldOperation(plan, entries), noObservations, at);
      await writer.writeOperation(operation);
      return operation;
    },
    async connect(era, answer) {
      const connection = await connectedClient(servedEra => buildServer(served(front), servedEra), era, answer);
      connections.push(connection);
      return connection;
    },
    async close() {
      for (const connection of connections) await connection.close();
      await budget.close();
      await writer.release();
      await rm(home, { recursive: true, force: true });
    },
  };
}
