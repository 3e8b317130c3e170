/** Procedures whose executor is killed at any of its port calls: the next ones bring them to the same end. */
import { describe, expect, it } from 'vitest';
import type { ProcedureRun } from '../crash/in-process/procedure-division.ts';
import { shop } from '../crash/in-process/shop.ts';
import { badImage, configurations, quorumLost, SPARES, twoSpares, withoutPower } from './failing-fleets.ts';
import { killedAnywhere, killedAtEachWrite, type SweepOptions } from './procedure-sweep.ts';

const TIMEOUT_MS = 1_200_000;
const WORKER = 'six-worker-1';
const PLANES = ['six-cp-1', 'six-cp-2', 'six-cp-3'];

type Judge = (run: ProcedureRun) => readonly string[];

const orders =
  (...kinds: string[]): Judge =>
  run =>
    run.orders.map(({ kind }) => kind).join() === kinds.join()
      ? []
      : [`dispatched: ${run.orders.map(({ kind }) => kind).join()}`];

const all =
  (...judges: Judge[]): Judge =>
  run =>
    judges.flatMap(judge => judge(run));

const isThere = ({ cluster }: ProcedureRun, name: string): boolean =>
  cluster.store.get('nodes', undefined, name) !== undefined;

const nodesAre =
  (...names: string[]): Judge =>
  ({ cluster }) => {
    const ready = cluster.store.list('nodes').flatMap(({ metadata, status }) => {
      const { conditions = [] } = status as { conditions?: { type: string; status: string }[] };
      return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True') ? [metadata.name] : [];
    });
    return ready.toSorted().join() === names.toSorted().join() ? [] : [`Ready: ${ready.join()}`];
  };

/** Effects of one kind that changed something, whatever was asked again after a crash. */
const intended =
  (kind: string, most: number): Judge =>
  ({ journal }) => {
    const attempts = journal.flatMap(entry =>
      entry.kind === 'intent' && entry.effect.kind === kind ? [JSON.stringify(entry.effect)] : [],
    );
    const different = new Set(attempts).size;
    return different === most ? [] : [`${different} different ${kind}`];
  };

const isGone =
  (name: string): Judge =>
  run => [
    ...(isThere(run, name) ? [`${name} is still there`] : []),
    ...(run.cluster.etcd.members.some(member => member.name === name) ? [`${name} is a member of etcd`] : []),
    ...(run.cluster.machines.get(name)?.stage === 'running' ? [`${name} was not wiped`] : []),
  ];

const kubeletsAre =
  (version: string): Judge =>
  ({ cluster }) =>
    cluster.store.list('nodes').flatMap(({ metadata, status }) => {
      const { nodeInfo } = status as { nodeInfo?: { kubeletVersion?: string } };
      return nodeInfo?.kubeletVersion === version ? [] : [`kubelet of ${metadata.name} is as it was`];
    });

const deploymentIs =
  (namespace: string, name: string, available: number, image: RegExp): Judge =>
  ({ cluster }) => {
    const deployment = cluster.store.get('deployments.apps', namespace, name);
    const { availableReplicas = 0 } = (deployment?.status ?? {}) as { availableReplicas?: number };
    return availableReplicas === available && image.test(JSON.stringify(deployment?.spec))
      ? []
      : [`${availableReplicas} of ${name} are available: ${JSON.stringify(deployment?.spec)}`];
  };

const toldPrime =
  (...conditions: string[]): Judge =>
  ({ sent }) => {
    const told = sent.flatMap(reference => /\/escalation\/(\w+)$/.exec(reference)?.[1] ?? []).toSorted();
    return told.join() === conditions.toSorted().join() ? [] : [`Cortex Prime was told of ${told.join()}`];
  };

const upgrade = (accept_api_outage: boolean) => ({
  playbook: 'kubernetes_upgrade',
  clusters: ['six'],
  to_version: 'v1.35.6',
  accept_api_outage,
});

interface Case extends SweepOptions {
  task: { playbook: string } & Record<string, unknown>;
  judge: Judge;
  /** Steps that were done, in the seed's order, when nobody disturbs it: these and no others, one after the other. */
  steps: string;
}

/** What a node's own phases are called is left out: each step is told by its last word. */
const cases: readonly [string, Case][] = [
  [
    'maintain_node: drained, held, given back; each pod evicted once at most',
    {
      task: { playbook: 'maintain_node', cluster: 'six', node: WORKER, reason: 'a fan', minutes: 30 },
      judge: all(orders(), nodesAre(...PLANES, WORKER, 'six-worker-2')),
      runs: 15,
      steps: 'hold_lease cordon drain hold prove uncordon',
    },
  ],
  ...[WORKER, 'six-cp-1'].map((node): [string, Case] => [
    `remove_node of ${node}: one reset, out of etcd before, gone; quorum kept`,
    {
      task: { playbook: 'remove_node', cluster: 'six', node },
      judge: all(orders('reset'), isGone(node)),
      runs: 15,
      steps: 'hold_lease cordon drain leave_etcd reset delete',
    },
  ]),
  [
    'deploy_application: applied, rolled out, told once',
    {
      task: shop,
      judge: deploymentIs('shop', 'shop', 2, /shop:1/),
      runs: 15,
      steps: 'hold_lease validate capacity namespace dry_run',
    },
  ],
  ...[1, 3].map((planes): [string, Case] => [
    `kubernetes_upgrade with ${planes} control plane nodes: one upgrade of the control plane, then kubelets node by node`,
    {
      task: upgrade(planes === 1),
      prepare: { fleet: { control_planes: planes } },
      judge: all(orders('upgrade_kubernetes'), kubeletsAre('v1.35.6')),
      runs: 10,
      steps: 'version_path',
    },
  ]),
  [
    'node_failure: a node without power is cordoned, drained as far as that goes, told of, and given back',
    {
      task: { playbook: 'node_failure', cluster: 'six', node: WORKER },
      run: withoutPower([WORKER], 'rejoin'),
      judge: all(orders(), nodesAre(...PLANES, WORKER, 'six-worker-2')),
      runs: 10,
      steps: 'detect hold_lease cordon drain diagnose coordinate replace rejoin uncordon verify capacity report',
    },
  ],
  [
    'workload_failure: one rollback, and it is over when nothing restarted in ten minutes',
    {
      task: { playbook: 'workload_failure', cluster: 'six', namespace: 'web', workload: 'web' },
      run: { before: badImage },
      judge: all(
        intended('rollback_workload', 1),
        deploymentIs('web', 'web', 4, /"image":"(?!registry\.example\/web:no-such-tag)/),
      ),
      runs: 10,
      steps: 'identify notify investigate hold_lease mitigate coordinate monitor report',
    },
  ],
  [
    'cluster_failure: nothing is done to a machine; who has to know is told once; it is over when etcd serves',
    {
      task: { playbook: 'cluster_failure', clusters: ['six'] },
      run: withoutPower(['six-cp-2', 'six-cp-3'], 'recover'),
      judge: all(
        orders(),
        toldPrime('data_loss_risk', 'architectural_change'),
        nodesAre(...PLANES, WORKER, 'six-worker-2'),
      ),
      runs: 15,
      steps: 'assess notify activate triage coordinate escalate recover rejoin verify incident review',
    },
  ],
  [
    'recover_etcd: each machine wiped once at most, one restore, every member back',
    {
      task: { playbook: 'recover_etcd', cluster: 'six' },
      run: { before: quorumLost },
      judge: all(
        orders('reset', 'recover_etcd'),
        nodesAre(...PLANES, WORKER, 'six-worker-2'),
        ({ cluster }) => (cluster.etcd.healthyMembers().length === 3 ? [] : ['etcd has not three members']),
        ({ ledger }) => (ledger.bootstraps.length === 1 ? [] : [`${ledger.bootstraps.length} bootstraps`]),
      ),
      runs: 15,
      steps:
        'choose_snapshot prove_quorum_lost escalate keep wipe wipe wipe restore rejoin verify incident review report',
    },
  ],
  [
    'rotate_certificates: one rotation of the authority, one new kubeconfig',
    {
      task: { playbook: 'rotate_certificates', cluster: 'six', what: 'kubernetes-ca' },
      judge: all(orders('rotate_certificates'), intended('write_kubeconfig', 1)),
      runs: 10,
      steps: 'hold_lease whole snapshot rotate kubeconfig verify certificates report',
    },
  ],
  [
    'scale_cluster: each machine configured once, joined, labelled',
    {
      task: { playbook: 'scale_cluster', cluster: 'six', count: 2, labels: { pool: 'new' }, addresses: SPARES },
      prepare: twoSpares,
      judge: all(orders(), nodesAre(...PLANES, ...[1, 2, 3, 4].map(ordinal => `six-worker-${ordinal}`))),
      runs: 10,
      steps: 'request machines hold_lease whole configure join label configure join label verify capacity report',
    },
  ],
  [
    'create_cluster: bootstrapped once, ever; every machine a node',
    {
      task: {
        playbook: 'create_cluster',
        name: 'six',
        control_planes: 3,
        workers: 2,
        addresses: ['10.5.0.2', '10.5.0.3', '10.5.0.4', '10.5.1.1', '10.5.1.2'],
      },
      prepare: { fleet: { awaits_creation: true }, furnish: configurations },
      judge: all(orders('bootstrap'), nodesAre(...PLANES, WORKER, 'six-worker-2'), ({ ledger }) =>
        ledger.bootstraps.length === 1 ? [] : [`${ledger.bootstraps.length} bootstraps`],
      ),
      runs: 10,
      steps: 'request machines',
    },
  ],
];

const stepsDone = ({ journal }: ProcedureRun): string[] =>
  journal.flatMap(entry =>
    entry.kind === 'step' && entry.state === 'done' ? [entry.step.split('/').at(-1) ?? ''] : [],
  );

describe('killed at random calls, up to three times, with and without what was not synced', () => {
  it.each(cases)(
    '%s',
    async (_title, { task, judge, steps, ...options }) => {
      const { whole, wrong, runs } = await killedAnywhere(task, judge, options);
      expect(wrong).toEqual([]);
      expect(runs).toBe(options.runs);
      const wanted = steps.split(' ');
      expect(stepsDone(whole).slice(0, wanted.length)).toEqual(wanted);
    },
    TIMEOUT_MS,
  );
});

describe('made of looks alone: killed right after each write to the journal', () => {
  it.each([
    'daily_health_check',
    'node_management',
    'workload_monitoring',
    'cluster_optimization',
    'certificate_management',
    'division_review',
    'version_planning',
    'capacity_planning',
  ])(
    '%s: every step is done, nothing is changed, and nobody is told twice',
    async playbook => {
      const { wrong, deaths, writes } = await killedAtEachWrite({ playbook }, all(orders(), changesNothing));
      expect(wrong).toEqual([]);
      expect(deaths).toBe(writes);
    },
    TIMEOUT_MS,
  );
});

const changesNothing: Judge = ({ journal }) =>
  journal.flatMap(entry => (entry.kind === 'intent' ? [`it did ${entry.effect.kind}`] : []));
