import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { ClusterReading } from '../../src/decisions/upgrade-input.ts';
import { type PlanDraft, planUpgrade } from '../../src/decisions/upgrade-plan.ts';
import {
  aCluster,
  aMachine,
  aNode,
  anAction,
  anUpgrade,
  aPod,
  aReading,
  etcdViews,
  SCHEMATIC,
  seedNodes,
} from './facts.ts';

const planes = ['cp-1', 'cp-2', 'cp-3'];
const nodesOf = (plan: PlanDraft): string[] => plan.clusters.flatMap(cluster => cluster.nodes.map(node => node.name));
const called = (name: string, reading: ClusterReading): ClusterReading => ({
  ...reading,
  config: { ...reading.config, name, environment: name === 'staging' ? 'staging' : 'production' },
});

describe('planUpgrade', () => {
  it('plans a healthy cluster without a reason against it', () => {
    const plan = planUpgrade(anUpgrade());
    expect(plan.preflight).toEqual({ blocked: [], warnings: [] });
    expect(plan).toMatchObject({ playbook: 'talos_upgrade', simulated: true });
    expect(plan.clusters[0]?.nodes[3]).toEqual({
      name: 'worker-1',
      role: 'worker',
      address: aMachine('worker-1').address,
      system_uuid: aMachine('worker-1').systemUuid,
      from_version: 'v1.12.11',
      installer: `factory.talos.dev/metal-installer/${SCHEMATIC}:v1.13.9`,
      path: ['v1.13.9'],
    });
  });

  it.each(planes)('control plane first, leader %s last of it, then workers by name', leader => {
    const plan = planUpgrade(anUpgrade([aReading(seedNodes, { etcd: etcdViews(planes, leader) })]));
    const followers = planes.filter(name => name !== leader);
    expect(nodesOf(plan)).toEqual([...followers, leader, 'worker-1', 'worker-2', 'worker-3']);
  });

  it('phases: steps, control plane, workers, verify; the canary is a phase of its own', () => {
    const phases = (canary: boolean) =>
      planUpgrade(
        anUpgrade([called('staging', aReading(seedNodes)), aReading(seedNodes)], { requested: anAction({ canary }) }),
      ).phases;
    expect(phases(false).map(phase => `${phase.cluster} ${phase.name} ${phase.mode} ${phase.nodes.length}`)).toEqual([
      'staging preflight and snapshot steps 0',
      'staging control plane turns 3',
      'staging workers turns 3',
      'staging verify steps 0',
      'production preflight and snapshot steps 0',
      'production control plane turns 3',
      'production workers turns 3',
      'production verify steps 0',
    ]);
    const withCanary = phases(true)
      .filter(phase => phase.mode === 'turns')
      .map(phase => `${phase.name}: ${phase.nodes.join(' ')}`);
    expect(withCanary).toEqual([
      'control plane: cp-1 cp-2 cp-3',
      'canary: worker-1',
      'workers: worker-2 worker-3',
      'control plane: cp-1 cp-2 cp-3',
      'workers: worker-1 worker-2 worker-3',
    ]);
  });

  it('leaves nodes alone that both sources show at the target', () => {
    const at = { osImage: 'Talos (v1.13.9)' };
    const facts = aCluster(seedNodes.map(name => aNode(name, name === 'worker-1' ? at : {})));
    const machines = seedNodes.map(name => aMachine(name, name === 'worker-1' ? { version: 'v1.13.9' } : {}));
    const [cluster] = planUpgrade(anUpgrade([aReading(seedNodes, { facts, machines })])).clusters;
    expect(cluster?.skipped).toEqual([{ name: 'worker-1', reason: 'runs v1.13.9 already' }]);
    expect(cluster?.nodes).toHaveLength(5);
  });

  it('a machine that claims the target while Kubernetes shows the old version is not skipped but suspect', () => {
    const machines = seedNodes.map(name => aMachine(name, name === 'worker-1' ? { version: 'v1.13.9' } : {}));
    const plan = planUpgrade(anUpgrade([aReading(seedNodes, { machines })]));
    expect(plan.preflight.blocked).toMatchObject([{ code: 'CONTRACTOR_SUSPECT', subject: 'worker-1' }]);
    expect(nodesOf(plan)).toContain('worker-1');
  });

  it('plans the selected nodes only', () => {
    const facts = aCluster(seedNodes.map(name => aNode(name, { labels: { zone: name.endsWith('1') ? 'a' : 'b' } })));
    const plan = planUpgrade(
      anUpgrade([aReading(seedNodes, { facts })], { requested: anAction({ node_selector: 'zone=a' }) }),
    );
    expect(nodesOf(plan)).toEqual(['cp-1', 'worker-1']);
    expect(plan.clusters[0]?.skipped).toHaveLength(4);
    expect(plan.preflight.blocked).toEqual([]);
  });

  it('tasks run one after another, are offered by somebody, and add up to the estimate', () => {
    const plan = planUpgrade(anUpgrade([called('staging', aReading(seedNodes)), aReading(seedNodes)]));
    plan.tasks.forEach((task, index) => {
      expect(task.depends_on).toEqual(index === 0 ? [] : [plan.tasks[index - 1]?.id]);
      expect(task.offered_by).toBe(task.contractor === 'talos' ? 'talos' : 'containers-gm');
    });
    expect(new Set(plan.tasks.map(task => task.id)).size).toBe(plan.tasks.length);
    expect(plan.estimate.tokens).toBe(plan.tasks.reduce((sum, task) => sum + task.estimate_tokens, 0));
    const ofLeader = plan.tasks.filter(task => task.id.startsWith('production/cp-3/')).map(task => task.capability);
    expect(ofLeader).toEqual([
      'etcd.forfeit',
      'node.cordon',
      'pod.evict',
      'os.install',
      'machine.read',
      'node.uncordon',
    ]);
    expect(plan.tasks.filter(task => task.capability === 'etcd.forfeit')).toHaveLength(2);
    expect(plan.tasks.filter(task => task.capability === 'os.reboot')).toHaveLength(0);
  });

  it('install and reboot are two tasks where server and talosctl allow it', () => {
    const facts = aCluster(seedNodes.map(name => aNode(name, { osImage: 'Talos (v1.13.7)' })));
    const machines = seedNodes.map(name => aMachine(name, { version: 'v1.13.7' }));
    const plan = planUpgrade(anUpgrade([aReading(seedNodes, { facts, machines })]));
    expect(plan.tasks.filter(task => task.capability === 'os.reboot')).toHaveLength(6);
    expect(plan.preflight.blocked).toEqual([]);
  });

  it('a single control plane has nobody to hand leadership to', () => {
    const plan = planUpgrade(
      anUpgrade([aReading(['cp-1', 'worker-1', 'worker-2'])], { requested: anAction({ accept_api_outage: true }) }),
    );
    expect(plan.preflight.blocked).toEqual([]);
    expect(plan.tasks.some(task => task.capability === 'etcd.forfeit')).toBe(false);
  });

  it('a cluster that can not be read is in the plan, empty and blocked', () => {
    const unread = aReading([], { facts: undefined, unreadable: 'connection refused' });
    const plan = planUpgrade(anUpgrade([unread]));
    expect(plan.clusters[0]).toMatchObject({ kube_system_uid: 'unknown', nodes: [] });
    expect(plan.phases).toEqual([]);
    expect(plan.preflight.blocked[0]?.message).toContain('connection refused');
  });

  const anyNames = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }))
    .map(([controlPlanes, workers]) => [
      ...Array.from({ length: controlPlanes }, (_, index) => `cp-${index + 1}`),
      ...Array.from({ length: workers }, (_, index) => `worker-${index + 1}`),
    ]);
  const shuffle = <T>(items: readonly T[], keys: readonly number[]): T[] =>
    items
      .map((item, index) => ({ item, key: keys[index % keys.length] ?? 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);

  law.prop([anyNames, fc.uniqueArray(fc.nat(), { minLength: 11, maxLength: 11 })])(
    'input order does not change the plan',
    (names, keys) => {
      const reading = aReading(names);
      const pods = names.map(name => aPod(`pod-${name}`, name, { hasEmptyDir: true }));
      const facts = aCluster(
        names.map(name => aNode(name)),
        { pods },
      );
      const shuffled = aReading(names, {
        facts: {
          ...facts,
          nodes: shuffle(facts.nodes, keys),
          pods: shuffle(pods, keys),
          servers: shuffle(facts.servers, keys),
        },
        machines: shuffle(reading.machines, keys),
        etcd: shuffle(reading.etcd, keys),
      });
      expect(planUpgrade(anUpgrade([shuffled]))).toEqual(planUpgrade(anUpgrade([{ ...reading, facts }])));
    },
  );

  law.prop([anyNames, fc.boolean(), fc.nat(4)])(
    'R301: control plane nodes never two at once, all before any worker',
    (names, canary, leader) => {
      const controlPlanes = names.filter(name => name.startsWith('cp'));
      const etcd = etcdViews(controlPlanes, controlPlanes[leader % controlPlanes.length]);
      const plan = planUpgrade(
        anUpgrade([aReading(names, { etcd })], { requested: anAction({ canary, accept_api_outage: true }) }),
      );
      const order = plan.phases.filter(phase => phase.mode === 'turns').flatMap(phase => phase.nodes);
      expect(order).toEqual(nodesOf(plan));
      expect([...order].sort()).toEqual([...names].sort());
      expect(order.slice(0, controlPlanes.length).every(name => name.startsWith('cp'))).toBe(true);
      const steps = plan.tasks.filter(task => ['os.install', 'os.reboot'].includes(task.capability));
      const earlier = new Map(plan.tasks.map(task => [task.id, task.depends_on[0]]));
      for (const step of steps) {
        let before = earlier.get(step.id);
        while (before !== undefined && before !== `production/${step.target}/cordon`) before = earlier.get(before);
        expect(before).toBeDefined();
      }
    },
  );
});
