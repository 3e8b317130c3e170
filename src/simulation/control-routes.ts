import { BadRequest } from './bad-request.ts';
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

function clusterNamed(around: ControlSurroundings, name: unknown): SimCluster {
  const cluster = typeof name === 'string' ? around.world.clusters.get(name) : undefined;
  if (cluster !== undefined) return cluster;
  const names = [...around.world.clusters.keys()].join(', ');
  throw new BadRequest(`unknown cluster ${JSON.stringify(name)}`, `use one of: ${names}`);
}

function checkNode(cluster: SimCluster, node: unknown): void {
  if (node === undefined || (typeof node === 'string' && cluster.machines.has(node))) return;
  const names = [...cluster.machines.keys()].join(', ');
  throw new BadRequest(`unknown node ${JSON.stringify(node)} of ${cluster.name}`, `use one of: ${names}`);
}

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

function arm(around: ControlSurroundings, body: Record<string, unknown>): unknown {
  const cluster = clusterNamed(around, body.cluster);
  checkNode(cluster, body.node);
  if (body.as_cluster !== undefined || body.as_node !== undefined) {
    checkNode(clusterNamed(around, body.as_cluster ?? body.cluster), body.as_node);
  }
  const fault = cluster.faults.arm(body);
  return cluster.faults.list().find(({ id }) => id === fault.id) ?? fault;
}

function power(around: ControlSurroundings, body: Record<string, unknown>): unknown {
  const cluster = clusterNamed(around, body.cluster);
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
  'GET /faults': around => ({ faults: clusters(around).flatMap(({ faults }) => [...faults.list()]) }),
  'POST /faults': arm,
  'DELETE /faults': (around, body, query) => {
    const id = query.get('id') ?? (typeof body.id === 'string' ? body.id : undefined);
    const named = query.get('cluster') ?? body.cluster;
    const chosen = named === undefined ? clusters(around) : [clusterNamed(around, named)];
    return { cleared: chosen.flatMap(({ faults }) => [...faults.clear(id)]) };
  },
  'POST /power': power,
  'PUT /owner': adopt,
  'POST /stop': around => {
    setImmediate(() => around.stop());
    return { stopping: true };
  },
};
