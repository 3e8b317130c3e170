import type { ClusterSpec } from '../../fleet.ts';
import type { WorkloadSpec } from '../../fleet-workloads.ts';
import { asObject, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../cluster.ts';
import { shortages } from '../controllers/node-fit.ts';
import { quantityOf } from '../quantity.ts';
import type { KubeObject } from '../store.ts';
import type { Workload } from './catalogue.ts';
import type { Placing, Requests } from './workloads.ts';

const FILLER = 'filler';

const requestsFor = ({ cpu_millicores, memory_mib = 256 }: WorkloadSpec): Requests => ({
  cpu: `${cpu_millicores}m`,
  memory: `${memory_mib}Mi`,
});

const workersOf = (cluster: SimCluster): KubeObject[] =>
  cluster.store.list('nodes').filter(({ metadata }) => cluster.machines.get(metadata.name)?.role === 'worker');

/** Puts each pod on a worker drawn from those it fits on; nowhere when there is none. */
function drawnPlaces(cluster: SimCluster, requests: Requests, isExclusive: boolean): Placing {
  const asked = { cpu: quantityOf(requests.cpu), memory: quantityOf(requests.memory), pods: 1 };
  const held = new Set<string>();
  return () => {
    const fitting = workersOf(cluster).filter(node => {
      const { name } = node.metadata;
      if (isExclusive && held.has(name)) return false;
      return shortages(asked, node, cluster.pods.requestedOn(name)).length === 0;
    });
    const name = fitting[cluster.draw.between(0, Math.max(0, fitting.length - 1))]?.metadata.name;
    if (name !== undefined) held.add(name);
    return name;
  };
}

function workloadOf(spec: WorkloadSpec, name: string): Workload {
  const { kind = 'Deployment', replicas, max_unavailable: maxUnavailable, volume, exclusive } = spec;
  return {
    namespace: spec.name,
    name,
    kind,
    image: `ghcr.io/example/${spec.name}:1.0.0`,
    replicas,
    budget: maxUnavailable === undefined ? {} : { maxUnavailable },
    weight: 1,
    ...(volume === undefined ? {} : { volume }),
    ...(exclusive === undefined ? {} : { isExclusive: exclusive }),
  };
}

export interface Described {
  workload: Workload;
  requests: Requests;
  place: Placing;
}

/**
 * The workloads a spec describes, in order, each to be created before the next is asked for, then pods without a budget
 * up to the workers' utilisation: that share of the fillers that would fit on workers without the described. */
export function* describedWorkloads(cluster: SimCluster, spec: ClusterSpec): Generator<Described> {
  const { filler_millicores: millicores = 0, utilisation = 0.5 } = spec;
  const wanted = millicores === 0 ? 0 : Math.floor(roomFor(cluster, millicores) * utilisation);
  let taken = 0;
  for (const one of spec.workloads ?? []) {
    for (let copy = 1; copy <= (one.copies ?? 1); copy += 1) {
      const workload = workloadOf(one, one.copies === undefined ? one.name : `${one.name}-${copy}`);
      const requests = requestsFor(one);
      taken += one.replicas * one.cpu_millicores;
      yield { workload, requests, place: drawnPlaces(cluster, requests, one.exclusive === true) };
    }
  }
  const replicas = millicores === 0 ? 0 : wanted - Math.ceil(taken / millicores);
  if (replicas <= 0) return;
  const filler: WorkloadSpec = { name: FILLER, replicas, cpu_millicores: millicores };
  const requests = requestsFor(filler);
  yield {
    workload: workloadOf(filler, FILLER),
    requests,
    place: drawnPlaces(cluster, requests, false),
  };
}

/** How many pods of a size the workers have room for now. */
function roomFor(cluster: SimCluster, millicores: number): number {
  return workersOf(cluster).reduce((sum, node) => {
    const all = quantityOf(asObject(at(node, 'status', 'allocatable')).cpu);
    const used = cluster.pods.requestedOn(node.metadata.name).cpu ?? 0;
    return sum + Math.floor(((all - used) * 1000) / millicores);
  }, 0);
}
