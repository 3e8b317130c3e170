import type { PlannedNode, PlanTask } from '../model/plan.ts';
import { publishedMinutes, tenths, turnMinutes } from './disruption.ts';
import type { ClusterReading } from './upgrade-input.ts';
import { installsSeparately } from './versions.ts';

/** What the division's own Kubernetes client offers; no contractor is asked for these. */
const KUBERNETES = { contractor: 'kubernetes', offered_by: 'containers-gm' };

/**
 * Tokens a model spends on a task: it reads the task's line in a poll or two; the work itself costs none. Between them 18 nodes
 * stay near the 4,500 the division's procedure book allows for a 12-node cluster (seed line 727).
 */
const TASK_TOKENS = { read: 20, act: 40, disrupt: 60 };

interface Step {
  capability: string;
  on: 'kubernetes' | 'talos';
  gate: string;
  minutes: number;
  tokens: number;
}

/** Install and reboot are two effects of their own for this node (SAFETY 10). */
export const isInstalledSeparately = (node: PlannedNode, reading: ClusterReading): boolean =>
  installsSeparately(node.from_version, reading.capabilities?.clientVersion);

/** Tasks of one cluster: look and snapshot, each node in plan order, then the whole once more. Each depends on the one before. */
export function clusterTasks(
  reading: ClusterReading,
  nodes: readonly PlannedNode[],
  after: readonly string[],
): PlanTask[] {
  if (nodes.length === 0) return [];
  const { name } = reading.config;
  const { snapshot, verify } = publishedMinutes;
  const planes = reading.facts?.nodes.filter(node => node.role === 'control-plane').length ?? 0;
  const lastPlane = nodes.findLast(node => node.role === 'control-plane')?.name;
  const steps: { id: string; target: string; step: Step }[] = [
    {
      id: 'preflight',
      target: name,
      step: kubernetes('facts.read', 'every reason against is gone', 0, TASK_TOKENS.read),
    },
    {
      id: 'lease',
      target: name,
      step: kubernetes('lease.hold', 'no other operation holds the cluster', 0, TASK_TOKENS.read),
    },
    {
      id: 'snapshot',
      target: name,
      step: talos('etcd.snapshot', 'etcd is healthy', snapshot.expected, TASK_TOKENS.act),
    },
    ...nodes.flatMap(node =>
      nodeSteps(node, reading, planes > 1 && node.name === lastPlane).map(({ id, step }) => ({
        id: `${node.name}/${id}`,
        target: node.name,
        step,
      })),
    ),
    {
      id: 'verify',
      target: name,
      step: kubernetes('facts.read', 'the cluster is healthy', verify.expected, TASK_TOKENS.act),
    },
  ];
  let before = [...after];
  return steps.map(({ id, target, step }) => {
    const task: PlanTask = {
      id: `${name}/${id}`,
      ...(step.on === 'kubernetes' ? KUBERNETES : offerOf(reading, step.capability)),
      capability: step.capability,
      target,
      depends_on: before,
      gate: step.gate,
      estimate_minutes: tenths(step.minutes),
      estimate_tokens: step.tokens,
    };
    before = [task.id];
    return task;
  });
}

const kubernetes = (capability: string, gate: string, minutes: number, tokens: number): Step => ({
  capability,
  on: 'kubernetes',
  gate,
  minutes,
  tokens,
});

const talos = (capability: string, gate: string, minutes: number, tokens: number): Step => ({
  capability,
  on: 'talos',
  gate,
  minutes,
  tokens,
});

/** Who of the configured contractors offers it; "none" is a reason against in preflight. */
function offerOf(reading: ClusterReading, capability: string): { contractor: string; offered_by: string } {
  const { contractor } = reading.config.talos;
  const isOffered = reading.capabilities?.offered.includes(capability) ?? false;
  return { contractor, offered_by: isOffered ? contractor : 'none' };
}

function nodeSteps(node: PlannedNode, reading: ClusterReading, isForfeited: boolean): { id: string; step: Step }[] {
  const isPlane = node.role === 'control-plane';
  const { drain, install, settle, verify } = publishedMinutes;
  const isSeparate = isInstalledSeparately(node, reading);
  const whole = isPlane ? 'every etcd member is healthy, no other node is down' : 'no other node is down';
  const proof = 'bootID changed, both sources name the target version, Ready, lease fresh';
  const installGate = 'no evictable pod is left';
  const forfeit = talos('etcd.forfeit', 'two members name another leader', 0, TASK_TOKENS.act);
  const reboot = talos(
    'os.reboot',
    'the installed version waits for its boot',
    install.expected / 2,
    TASK_TOKENS.disrupt,
  );
  return [
    ...(isForfeited ? [{ id: 'forfeit', step: forfeit }] : []),
    { id: 'cordon', step: kubernetes('node.cordon', whole, 0, TASK_TOKENS.act) },
    { id: 'drain', step: kubernetes('pod.evict', 'every budget allows it', drain.expected, TASK_TOKENS.act) },
    {
      id: 'install',
      step: talos('os.install', installGate, isSeparate ? install.expected / 2 : install.expected, TASK_TOKENS.disrupt),
    },
    ...(isSeparate ? [{ id: 'reboot', step: reboot }] : []),
    {
      id: 'prove',
      step: talos('machine.read', proof, verify.expected + (isPlane ? settle.expected : 0), TASK_TOKENS.read),
    },
    { id: 'uncordon', step: kubernetes('node.uncordon', 'the node is proved', 0, TASK_TOKENS.act) },
  ];
}

/** Minutes of the turns of these nodes, for a phase. */
export const turnsMinutes = (nodes: readonly PlannedNode[]): number =>
  tenths(nodes.reduce((total, node) => total + turnMinutes(node.role, 'expected'), 0));
