/** A cluster as its scheduler sees it: every node, and its pods by shape. */
import { labelsAt, objectsAt, textAt } from '../decisions/manifest/json.ts';
import { PodTally, placementNode } from '../decisions/placement/read-fleet.ts';
import type { VolumePlaces } from '../decisions/placement/read-shape.ts';
import type { FleetFacts, PlacementNode } from '../decisions/placement/shape.ts';
import { quantityMillis, quantityUnits } from '../decisions/quantity.ts';
import { DivisionError } from '../errors.ts';
import type { CapacityAmounts } from '../model/capacity.ts';
import type { UsageReader } from '../ports/usage.ts';
import type { ClusterPorts } from '../ports.ts';

export interface FleetReading {
  fleet: FleetFacts;
  /** Of all nodes, what the system keeps for itself included. */
  capacity: CapacityAmounts;
}

type Live = Readonly<Record<string, unknown>>;

/** What stays of each object of a kind. */
async function kept<Fact>(
  usage: UsageReader,
  kind: { apiVersion: string; kind: string },
  read: (live: Live) => readonly Fact[],
  signal: AbortSignal,
): Promise<Fact[]> {
  let facts: Fact[] = [];
  const begin = () => {
    facts = [];
    return (live: Live): void => {
      facts.push(...read(live));
    };
  };
  await usage.each(kind, begin, signal);
  return facts;
}

const core = (kind: string) => ({ apiVersion: 'v1', kind });

/** Where each bound claim's volume can be mounted. */
async function volumePlaces(usage: UsageReader, signal: AbortSignal): Promise<VolumePlaces> {
  const places = await kept(
    usage,
    core('PersistentVolume'),
    live => {
      const claim = textAt(live, 'spec', 'claimRef', 'name');
      const terms = objectsAt(live, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms');
      return claim === undefined ? [] : [[`${textAt(live, 'spec', 'claimRef', 'namespace')}/${claim}`, terms] as const];
    },
    signal,
  );
  return new Map(places);
}

interface NodeReading {
  node: PlacementNode;
  capacity: CapacityAmounts;
}

function nodeReading(live: Live): NodeReading {
  const { cpu, memory, pods } = labelsAt(live, 'status', 'capacity');
  return {
    node: placementNode(live),
    capacity: {
      cpuMillis: quantityMillis(cpu) ?? 0,
      memoryBytes: quantityUnits(memory) ?? 0,
      pods: quantityUnits(pods) ?? 0,
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Reads all that placement is judged from. [KUBERNETES_*, TIMEOUT, CANCELLED; CAPABILITY_MISSING where nothing of it is read] */
export async function readFleet(ports: ClusterPorts, signal: AbortSignal): Promise<FleetReading> {
  const { usage, kubernetes } = ports;
  if (usage === undefined)
    throw new DivisionError('CAPABILITY_MISSING', 'pods and nodes can’t be read whole here', 'update containers-gm');
  // Volumes first: a claim that a pod waits for is known to be bound only when it was before.
  const [places, budgets] = await Promise.all([volumePlaces(usage, signal), kubernetes.budgets(signal)]);
  let tally = new PodTally(places);
  const begin = () => {
    tally = new PodTally(places);
    return (live: Live): void => tally.add(live);
  };
  const [nodes] = await Promise.all([
    kept(usage, core('Node'), live => [nodeReading(live)], signal),
    usage.each(core('Pod'), begin, signal),
  ]);
  return {
    fleet: { nodes: nodes.map(({ node }) => node), hosted: tally.hosted(), budgets },
    capacity: {
      cpuMillis: sum(nodes.map(({ capacity }) => capacity.cpuMillis)),
      memoryBytes: sum(nodes.map(({ capacity }) => capacity.memoryBytes)),
      pods: sum(nodes.map(({ capacity }) => capacity.pods ?? 0)),
    },
  };
}
