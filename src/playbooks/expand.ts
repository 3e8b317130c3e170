import { contractorFor, MULTI_CLUSTER } from '../decisions/contractor-routing.ts';
import type { PlannedStep, StepTarget } from '../model/step.ts';
import type { KeptTask } from '../model/task.ts';
import type { Over, Phase, Playbook, PlaybookStep } from './playbook.ts';

/** What a playbook's steps are spread over: nodes in the order in which they go. */
export interface World {
  clusters: readonly {
    name: string;
    controlPlaneNodes: readonly string[];
    workers: readonly string[];
    contractor: string;
    offered: readonly string[];
  }[];
  /** The contractor over several clusters, with what it offers. */
  fleet?: { contractor: string; offered: readonly string[] };
  /** Where backups are restored to be proved. */
  scratch?: { name: string; contractor: string; offered: readonly string[] };
}

type StepsPhase = Extract<Phase, { mode: 'steps' }>;
type ClusterOfWorld = Pick<World['clusters'][number], 'name' | 'contractor' | 'offered'>;

/** Where a phase is done: one cluster of the world, or undefined for what is not about one. */
interface Place {
  world: World;
  cluster: World['clusters'][number] | undefined;
}

/** One thing a phase's steps are done to, and what has to be over before (`lane`: those of the same lane go one after the other). */
interface Lane {
  key: string;
  target: StepTarget;
  /** Whose contractor does the steps; undefined for what none does. */
  cluster: Offering | undefined;
}

/** Somebody's contractor and what it offers. */
type Offering = Pick<ClusterOfWorld, 'contractor' | 'offered'>;

/** By whom a step that is no contractor's is done. */
const OURS = 'containers-gm';

/**
 * The steps of a playbook for a task, each with its target and what it waits for. Phases follow each other; within a phase targets go
 * one after the other or at the same time; clusters in waves, or side by side. A pure function of its arguments: the same world gives
 * the same steps, and so the same plan hash.
 */
export function expand(playbook: Playbook, task: KeptTask, world: World): PlannedStep[] {
  const steps: PlannedStep[] = [];
  const phases = playbook.phases.filter((phase): phase is StepsPhase => phase.mode === 'steps');
  let before: string[] = [];
  for (const block of blocksOf(phases)) {
    const add = (cluster: Place['cluster']): string[] =>
      addPhases(steps, block.phases, task, { world, cluster }, before);
    if (block.over === 'division') {
      before = add(undefined);
    } else if (playbook.clusters === 'one_after_the_other') {
      for (const cluster of world.clusters) before = add(cluster);
    } else if (world.clusters.length > 0) {
      const ends = world.clusters.flatMap(add);
      // A cluster without anything to do waits for what was before, as the others do.
      before = [...new Set(ends)];
    }
  }
  return steps;
}

/** Phases that are gone through once, whatever the clusters are. */
const ofDivision: readonly Over[] = ['division', 'several-clusters', 'scratch'];

/** Runs of phases that go over the division, or over clusters and what is in them. */
function blocksOf(phases: readonly StepsPhase[]): { over: 'division' | 'clusters'; phases: StepsPhase[] }[] {
  const blocks: { over: 'division' | 'clusters'; phases: StepsPhase[] }[] = [];
  for (const phase of phases) {
    const over = ofDivision.includes(phase.over) ? 'division' : 'clusters';
    const last = blocks.at(-1);
    if (last?.over === over) last.phases.push(phase);
    else blocks.push({ over, phases: [phase] });
  }
  return blocks;
}

/** Adds the phases, one after the other; returns the ids that what follows waits for. */
function addPhases(
  steps: PlannedStep[],
  phases: readonly StepsPhase[],
  task: KeptTask,
  place: Place,
  after: readonly string[],
): string[] {
  let before = [...after];
  for (const phase of phases) {
    const lanes = lanesOf(phase, task, place);
    // A phase without a target is none: what follows waits for what was before it.
    if (lanes.length > 0) before = addLanes(steps, phase, lanes, before);
  }
  return before;
}

function addLanes(
  steps: PlannedStep[],
  phase: StepsPhase,
  lanes: readonly Lane[],
  before: readonly string[],
): string[] {
  const lastOfKey = new Map<string, string>();
  let last: string | undefined;
  for (const lane of lanes) {
    const own = phase.order === 'one_after_the_other' ? last : lastOfKey.get(lane.key);
    let waitsFor = own === undefined ? [...before] : [own];
    for (const step of phase.steps) {
      const planned = planStep(phase, step, lane, waitsFor);
      steps.push(planned);
      waitsFor = [planned.id];
      last = planned.id;
    }
    if (last !== undefined) lastOfKey.set(lane.key, last);
  }
  if (phase.order === 'one_after_the_other') return last === undefined ? [...before] : [last];
  return [...lastOfKey.values()];
}

function planStep(phase: StepsPhase, step: PlaybookStep, lane: Lane, depends_on: string[]): PlannedStep {
  const { cluster, target } = lane;
  const isOurs = step.by === 'kubernetes' || step.by === 'division';
  const contractor = cluster?.contractor ?? step.by;
  const isOffered = cluster?.offered.includes(step.capability) === true;
  return {
    id: [...nameOf(target), step.id].join('/'),
    phase: phase.name,
    title: step.title,
    source: step.source,
    action: step.action,
    target,
    depends_on,
    gate: step.gate,
    on_failure: step.onFailure ?? 'halt',
    in_any_case: step.inAnyCase ?? false,
    ...(step.undoneBy && { undone_by: step.undoneBy }),
    contractor: isOurs ? step.by : contractor,
    capability: step.capability,
    offered_by: isOurs ? OURS : isOffered ? contractor : 'none',
    estimate_minutes: step.minutes,
    estimate_tokens: step.tokens,
  };
}

/** The parts of a step's id that say what it is done to. */
function nameOf({ cluster, node, namespace, application, machine, backup_of }: StepTarget): string[] {
  return [
    backup_of,
    cluster,
    node,
    namespace,
    application === undefined ? undefined : `application-${application + 1}`,
    machine === undefined ? undefined : `machine-${machine + 1}`,
  ].filter(part => part !== undefined);
}

function lanesOf(phase: StepsPhase, task: KeptTask, { world, cluster }: Place): Lane[] {
  if (phase.over === 'division') return [{ key: '', target: {}, cluster: undefined }];
  if (phase.over === 'scratch') return drillsOf(task, world);
  if (phase.over === 'several-clusters') {
    const isSeveral = contractorFor(world.clusters.map(({ name }) => name)) === MULTI_CLUSTER;
    return isSeveral ? [{ key: '', target: {}, cluster: world.fleet }] : [];
  }
  if (!cluster) return [];
  const at = (key: string, target: StepTarget): Lane => ({
    key,
    target: { cluster: cluster.name, ...target },
    cluster,
  });
  switch (phase.over) {
    case 'clusters':
      return [at('', {})];
    case 'control-plane-nodes':
      return cluster.controlPlaneNodes.map(node => at(node, { node }));
    case 'workers':
      return cluster.workers.map(node => at(node, { node }));
    case 'node':
      return 'node' in task ? [at(task.node, { node: task.node })] : [];
    case 'applications':
      return task.playbook === 'deploy_application'
        ? task.applications.map(({ namespace, name }, application) =>
            at(namespace ?? name, { namespace: namespace ?? name, application }),
          )
        : [];
    case 'machines':
      return Array.from({ length: machinesOf(task) }, (_, machine) => at(String(machine), { machine }));
  }
}

/** One after the other: they share one machine. */
function drillsOf(task: KeptTask, { clusters, scratch }: World): Lane[] {
  if (task.playbook !== 'backup_validation' || task.restore !== true || scratch === undefined) return [];
  return clusters.map(({ name }) => ({
    key: name,
    target: { cluster: scratch.name, backup_of: name },
    cluster: scratch,
  }));
}

function machinesOf(task: KeptTask): number {
  if (task.playbook === 'scale_cluster') return task.count;
  return task.playbook === 'create_cluster' ? task.control_planes + task.workers : 0;
}
