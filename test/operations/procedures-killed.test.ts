/** Procedures whose executor is killed at any of its port calls: the next ones bring them to the same end. */
import { describe, expect, it } from 'vitest';
import type { ProcedureRun } from '../crash/in-process/procedure-division.ts';
import { shop } from '../crash/in-process/shop.ts';
import { killedAnywhere } from './procedure-sweep.ts';

const TIMEOUT_MS = 1_200_000;
const node = 'six-worker-1';

const expectOrders =
  (...kinds: string[]) =>
  ({ orders }: ProcedureRun): string[] =>
    orders.map(({ kind }) => kind).join() === kinds.join()
      ? []
      : [`dispatched: ${orders.map(({ kind }) => kind).join()}`];

const isThere = ({ cluster }: ProcedureRun, name: string): boolean =>
  cluster.store.get('nodes', undefined, name) !== undefined;

const lastDone = ({ journal }: ProcedureRun): (string | undefined)[] =>
  journal.flatMap(entry => (entry.kind === 'step' && entry.state === 'done' ? [entry.step.split('/').at(-1)] : []));

describe('killed at random calls, up to three times, with and without what was not synced', () => {
  it(
    'maintain_node: drained, held, given back; each pod evicted once at most',
    async () => {
      const task = { playbook: 'maintain_node', cluster: 'six', node, reason: 'a fan', minutes: 30 };
      const { whole, wrong, runs } = await killedAnywhere(task, run => [
        ...expectOrders()(run),
        ...(isThere(run, node) ? [] : [`${node} is gone`]),
      ]);
      expect(wrong).toEqual([]);
      expect(runs).toBeGreaterThanOrEqual(1);
      expect(lastDone(whole)).toEqual(['hold_lease', 'cordon', 'drain', 'hold', 'prove', 'uncordon']);
    },
    TIMEOUT_MS,
  );

  it.each([node, 'six-cp-1'])(
    'remove_node of %s: one reset, out of etcd before, gone; quorum kept',
    async name => {
      const task = { playbook: 'remove_node', cluster: 'six', node: name };
      const { whole, wrong } = await killedAnywhere(task, run => [
        ...expectOrders('reset')(run),
        ...(isThere(run, name) ? [`${name} is still there`] : []),
        ...(run.cluster.etcd.members.some(member => member.name === name) ? [`${name} is a member of etcd`] : []),
        ...(run.cluster.machines.get(name)?.stage === 'running' ? [`${name} was not wiped`] : []),
      ]);
      expect(wrong).toEqual([]);
      expect(lastDone(whole).slice(1, 6)).toEqual(['cordon', 'drain', 'leave_etcd', 'reset', 'delete']);
    },
    TIMEOUT_MS,
  );

  it(
    'deploy_application: applied, rolled out, told once',
    async () => {
      const { wrong } = await killedAnywhere(shop, run => {
        const deployment = run.cluster.store.get('deployments.apps', 'shop', 'shop');
        const { availableReplicas = 0 } = (deployment?.status ?? {}) as { availableReplicas?: number };
        return availableReplicas === 2 ? [] : [`${availableReplicas} of shop are available`];
      });
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it.each([1, 3])(
    'kubernetes_upgrade with %d control plane nodes: one upgrade of the control plane, then kubelets node by node',
    async planes => {
      const task = {
        playbook: 'kubernetes_upgrade',
        clusters: ['six'],
        to_version: 'v1.35.6',
        accept_api_outage: planes === 1,
      };
      const { wrong } = await killedAnywhere(
        task,
        run => [
          ...expectOrders('upgrade_kubernetes')(run),
          ...run.cluster.store.list('nodes').flatMap(({ metadata, status }) => {
            const { nodeInfo } = status as { nodeInfo?: { kubeletVersion?: string } };
            return nodeInfo?.kubeletVersion === 'v1.35.6' ? [] : [`kubelet of ${metadata.name} is as it was`];
          }),
        ],
        { fleet: { control_planes: planes } },
      );
      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
