import { Faults } from '../faults.ts';
import type { ClusterSpec } from '../fleet.ts';
import type { LedgerImage } from '../ledger.ts';
import { Ledger } from '../ledger.ts';
import { BudgetWatch } from './budget-watch.ts';
import type { Extension, SimCluster } from './cluster.ts';
import { runControllers } from './controllers/run.ts';
import type { EtcdImage } from './etcd.ts';
import { EtcdModel } from './etcd.ts';
import type { Machine } from './machine.ts';
import { clockOf } from './machine-clock.ts';
import { MachineEvents } from './machine-events.ts';
import type { Pki } from './pki.ts';
import { PodIndex } from './pod-index.ts';
import { SeededRandom, sha256Hex } from './random.ts';
import { fillCluster } from './seed/fill.ts';
import { makeMachines, withoutConfiguration } from './seed/machines.ts';
import type { StoreImage } from './store.ts';
import { ObjectStore } from './store.ts';
import type { Timeline } from './timeline.ts';

/** A cluster as it is saved. */
export interface ClusterImage {
  name: string;
  environment: SimCluster['environment'];
  seed: number;
  kubernetes_version: string;
  draw: number;
  schematics: Record<string, readonly Extension[]>;
  pki: Pki;
  machines: Machine[];
  etcd: EtcdImage;
  ledger: LedgerImage;
  faults: ReturnType<Faults['image']>;
  store: StoreImage;
}

const EXTENSIONS: readonly Extension[] = [
  { name: 'iscsi-tools', version: 'v0.2.0' },
  { name: 'util-linux-tools', version: '2.41.2' },
];

const ELECTION_MS = 1_000;

type Beginning = Pick<
  ClusterImage,
  'name' | 'environment' | 'seed' | 'kubernetes_version' | 'draw' | 'schematics' | 'pki' | 'machines'
>;

/** The parts of a cluster put together, without objects and without controllers. */
function assemble(timeline: Timeline, from: Beginning): SimCluster {
  const { name, environment, seed, schematics } = from;
  const now = (): number => timeline.now;
  const draw = new SeededRandom(from.draw);
  const machines = new Map(from.machines.map(machine => [machine.name, machine]));
  const store = new ObjectStore({ now, newUid: () => draw.uuid() });
  const faults = new Faults(name);
  const ledger = new Ledger(name, now);
  const serverListeners = new Set<() => void>();
  const clock: SimCluster['clock'] = {
    schedule: (delayMs, kind, subject) => timeline.schedule(delayMs, { cluster: name, kind, subject }),
    scheduleOnce: (delayMs, kind, subject) => timeline.scheduleOnce(delayMs, { cluster: name, kind, subject }),
    handle: (kind, handler) => timeline.handle(name, kind, handler),
    wait: (delayMs, wake) => timeline.wait(delayMs, wake),
  };
  const members = [...machines.values()].filter(
    machine => machine.role === 'controlplane' && machine.etcd_is_empty !== true,
  );
  const etcd = new EtcdModel(
    {
      draw,
      processRuns: machine => machines.get(machine)?.etcd_runs === true,
      isAiling: machine => faults.active('etcd_member_unhealthy', { node: machine }) !== undefined,
      electionsFail: () => faults.some('etcd_no_leader'),
      hasSpaceAlarm: machine => faults.active('etcd_nospace', { node: machine }) !== undefined,
      writes: () => store.resourceVersion,
      changed: (healthy, heldBefore, held) => {
        ledger.etcdHealth(healthy, { held, heldBefore });
        cluster.serversChanged();
      },
      electLater: () => clock.scheduleOnce(ELECTION_MS, 'etcd-election', 'etcd'),
    },
    members.map(({ name: member, ip }) => ({
      id: sha256Hex(`${seed} etcd ${member}`).slice(0, 16),
      name: member,
      ip,
      learner: false,
    })),
  );
  const isHeld = members.length > 0;
  ledger.etcdHealth(members.length, { held: isHeld, heldBefore: isHeld, first: true });
  clock.handle('etcd-election', () => etcd.elect());
  const pods = new PodIndex(store);
  const cluster: SimCluster = {
    name,
    environment,
    seed,
    kubernetesVersion: from.kubernetes_version,
    store,
    machines,
    schematics,
    etcd,
    pki: from.pki,
    ledger,
    faults,
    pods,
    budgetWatch: new BudgetWatch({ store, machines, ledger, pods }),
    clock,
    machineEvents: new MachineEvents(machine => clockOf({ now, faults }, machine)),
    draw,
    now,
    random: () => draw.next(),
    apiServerIsUp: node => machines.get(node)?.api_server_runs === true && etcd.hasQuorum(),
    apiServerVersion: node =>
      machines.get(node)?.control_plane_versions?.['kube-apiserver'] ?? cluster.kubernetesVersion,
    onServersChanged: listener => {
      serverListeners.add(listener);
      return () => serverListeners.delete(listener);
    },
    serversChanged: () => {
      for (const listener of serverListeners) listener();
    },
  };
  return cluster;
}

/** A cluster filled to its spec, or the machines of one that is to be created. `index` sets its addresses apart from the other clusters'. */
export function createCluster(timeline: Timeline, spec: ClusterSpec, index: number, worldSeed: number): SimCluster {
  const seed = spec.seed ?? worldSeed;
  const schematic = sha256Hex(`schematic ${EXTENSIONS.map(extension => extension.name).join()}`);
  const draw = Number.parseInt(sha256Hex(`${seed} ${spec.name}`).slice(0, 8), 16);
  const isThere = spec.awaits_creation !== true;
  const machines = makeMachines(spec, { index, seed, schematic, nowMs: timeline.now });
  const cluster = assemble(timeline, {
    name: spec.name,
    environment: spec.environment,
    seed,
    kubernetes_version: spec.kubernetes_version ?? 'v1.35.4',
    draw,
    schematics: { [schematic]: EXTENSIONS },
    pki: { talos: 1, kubernetes: 1, since_ms: timeline.now },
    machines: isThere ? machines : machines.map(machine => withoutConfiguration(machine, timeline.now)),
  });
  if (isThere) fillCluster(cluster, spec);
  cluster.store.forgetHistory();
  cluster.budgetWatch.recount();
  runControllers(cluster);
  return cluster;
}

/** A cluster as it was saved. */
export function restoreCluster(timeline: Timeline, image: ClusterImage): SimCluster {
  const cluster = assemble(timeline, image);
  cluster.store.restore(image.store);
  cluster.pods.recount();
  cluster.etcd.restore(image.etcd);
  cluster.ledger.restore(image.ledger);
  cluster.faults.restore(image.faults);
  cluster.budgetWatch.recount();
  runControllers(cluster);
  return cluster;
}

/** Changes with everything that changes a cluster while its time stands still. */
export const markOf = ({ store, draw, ledger, faults }: SimCluster): string =>
  `${store.resourceVersion}/${draw.state}/${ledger.requests}/${faults.changes}`;

/** All of a cluster that has to be saved. */
export const imageOf = (cluster: SimCluster): ClusterImage => ({
  name: cluster.name,
  environment: cluster.environment,
  seed: cluster.seed,
  kubernetes_version: cluster.kubernetesVersion,
  draw: cluster.draw.state,
  schematics: cluster.schematics,
  pki: cluster.pki,
  machines: [...cluster.machines.values()],
  etcd: cluster.etcd.image(),
  ledger: cluster.ledger.image(),
  faults: cluster.faults.image(),
  store: cluster.store.image(),
});
