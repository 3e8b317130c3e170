import { BadRequest } from './bad-request.ts';
import { checkNode, clusterNamed, playFault, playScenario, readScenario } from './scenario.ts';
import { addSpareMachines } from './spare-machines.ts';
import type { WallDriver } from './wall-driver.ts';
import type { SimCluster } from './world/cluster.ts';
import { isCordoned } from './world/controllers/node-fit.ts';
import { powerOn } from './world/machines/boot.ts';
import { isReady } from './world/pods.ts';
import type { SavedWorld } from './world/world.ts';

export interface ControlSurroundings {
  world: SavedWorld;
  driver: WallDriver;
  ownTalosconfig: string;
  /** The clock was set: the connection file has to say so. */
  clockChanged(): void;
  adopt(pid: number): void;
  /** Saves and ends, after this answer. */
  stop(): void;
}

type Route = (around: ControlSurroundings, body: Record<string, unknown>, query: URLSearchParams) => unknown;

const clusters = ({ world }: ControlSurroundings): SimCluster[] => [...world.clusters.values()];

function readClock(around: ControlSurroundings): Record<string, unknown> {
  return { ...around.driver.reading, now_ms: around.world.now(), now: new Date(around.world.now()).toISOString() };
}

function setClock(around: ControlSurroundings, body: Record<string, unknown>): Record<string, unknown> {
  const { advance_ms: advanceMs, speed } = body;
  if (advanceMs === undefined && speed === undefined) {
    throw new BadRequest('neither "advance_ms" nor "speed"', 'send {"advance_ms": 60000} or {"speed": 150}');
  }
  for (const [name, value] of [
    ['advance_ms', advanceMs],
    ['speed', speed],
  ] as const) {
    if (value !== undefined && !(typeof value === 'number' && value >= 0 && Number.isFinite(value))) {
      throw new BadRequest(`"${name}" ${JSON.stringify(value)} is no number >= 0`, 'send a number');
    }
  }
  if (typeof advanceMs === 'number') around.driver.advance(advanceMs);
  if (typeof speed === 'number') around.driver.setSpeed(speed);
  around.clockChanged();
  return readClock(around);
}

function describe(cluster: SimCluster): Record<string, unknown> {
  const { etcd } = cluster;
  return {
    environment: cluster.environment,
    kubernetes_version: cluster.kubernetesVersion,
    pods: cluster.store.list('pods').length,
    resource_version: cluster.store.resourceVersion,
    etcd: {
      members: etcd.members,
      leader: etcd.leader ?? null,
      term: etcd.raftTerm,
      has_quorum: etcd.hasQuorum(),
      alarms: etcd.alarms().map(({ member, alarm }) => ({ node: member.name, alarm })),
    },
    nodes: [...cluster.machines.values()].map(machine => {
      const node = cluster.store.get('nodes', undefined, machine.name);
      return {
        name: machine.name,
        role: machine.role,
        ip: machine.ip,
        version: machine.running.version,
        schematic: machine.running.schematic,
        boot_id: machine.boot_id,
        system_uuid: machine.system_uuid,
        stage: machine.stage,
        slots: machine.slots,
        next_slot: machine.next_slot,
        cordoned: node !== undefined && isCordoned(node),
        ready: node !== undefined && isReady(node),
        pods: cluster.pods.onNode(machine.name).length,
      };
    }),
  };
}

function power(around: ControlSurroundings, body: Record<string, unknown>): unknown {
  const cluster = clusterNamed(around.world, body.cluster);
  checkNode(cluster, body.node);
  const machine = cluster.machines.get(String(body.node));
  if (machine === undefined) throw new BadRequest('"node" is missing', 'name the machine to power on');
  powerOn(cluster, machine);
  return { node: machine.name, stage: machine.stage };
}

function adopt(around: ControlSurroundings, body: Record<string, unknown>): unknown {
  const { pid } = body;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) {
    throw new BadRequest(`"pid" ${JSON.stringify(pid)} is no process id`, 'send {"pid": 1234}');
  }
  around.adopt(pid);
  return { pid };
}

/** What the control URL answers, but for talosctl. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /healthz': () => ({ status: 'ok', simulated: true, pid: process.pid }),
  'GET /clock': readClock,
  'POST /clock': setClock,
  'GET /ledger': around => Object.fromEntries(clusters(around).map(({ name, ledger }) => [name, ledger.report()])),
  'GET /world': around => ({
    simulated: true,
    now: new Date(around.world.now()).toISOString(),
    clusters: Object.fromEntries(clusters(around).map(cluster => [cluster.name, describe(cluster)])),
  }),
  'GET /faults': around => {
    const planned = clusters(around).flatMap(({ faults }) => [...faults.planned()]);
    const faults = clusters(around).flatMap(cluster => [...cluster.faults.list()]);
    return planned.length === 0 ? { faults } : { faults, planned };
  },
  'POST /faults': (around, body) => playFault(around.world, body),
  'POST /scenario': (around, body) => ({ faults: playScenario(around.world, readScenario(body)) }),
  'DELETE /faults': (around, body, query) => {
    const id = query.get('id') ?? (typeof body.id === 'string' ? body.id : undefined);
    const named = query.get('cluster') ?? body.cluster;
    const chosen = named === undefined ? clusters(around) : [clusterNamed(around.world, named)];
    return { cleared: chosen.flatMap(({ faults }) => [...faults.clear(id)]) };
  },
  'POST /power': power,
  'POST /machines': (around, body) => ({ machines: addSpareMachines(around.world, body) }),
  'PUT /owner': adopt,
  'POST /stop': around => {
    setImmediate(() => around.stop());
    return { stopping: true };
  },
};
