import * as z from 'zod';
import { targetVersion } from '../decisions/plan-words.ts';
import { DivisionError } from '../errors.ts';
import { defineTool, type ToolCall, type ToolResult } from '../mcp/define-tool.ts';
import type { Plan } from '../model/plan.ts';
import { planRollingUpgrade } from '../operations/planning.ts';
import { planTask } from '../operations/planning-task.ts';
import { startPlan } from '../operations/requesting.ts';
import type { FrontEnd } from '../ports.ts';
import { clusterNames } from '../views/cluster-names.ts';
import { nextAfter, operationFacts, operationView } from '../views/operation-view.ts';
import {
  isExpired,
  nextForPlan,
  planLine,
  planNamed,
  plansNewestFirst,
  planText,
  planView,
} from '../views/plan-view.ts';
import { counted, listOf, say, shortHash, simulatedMark, someOf } from '../views/wording.ts';

const input = z.strictObject({
  clusters: z.array(z.string().min(1).max(63)).min(1).max(20).optional().describe('in wave order, staging first'),
  kind: z.enum(['talos', 'kubernetes']).optional().describe('talos (default): the OS, nodes reboot'),
  to_version: z
    .string()
    .regex(/^v?\d{1,4}\.\d{1,4}\.\d{1,4}(-[0-9A-Za-z.-]{1,40})?$/, 'expected a version like v1.13.9')
    .optional()
    .describe('like v1.13.9'),
  installer: z.string().min(1).max(400).optional().describe('image template with {schematic} and {version}'),
  max_unavailable: z.number().int().min(1).max(100).optional().describe('workers at once'),
  canary: z.boolean().optional().describe('one worker first'),
  node_selector: z.string().min(1).max(400).optional().describe('Kubernetes label selector'),
  accept_api_outage: z.boolean().optional().describe('a single control plane node: its API is away meanwhile'),
  plan_hash: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/, 'expected the 16 to 64 lower-case hex digits that a plan showed')
    .optional()
    .describe('starts that plan'),
});
type Input = z.output<typeof input>;

type Argument = string | number | boolean | undefined;

const withV = (version: string): string => (version.startsWith('v') ? version : `v${version}`);

const kindOf = ({ requested, playbook }: Plan): string =>
  requested.kind === 'procedure' && playbook === 'kubernetes_upgrade' ? 'kubernetes' : requested.kind;

/** What is said beside a plan's hash has to be what the plan says: a difference is a misunderstanding, not a wish. */
function assertSameRequest(plan: Plan, given: Input): void {
  const requested = plan.requested.kind === 'talos' ? plan.requested : undefined;
  const version = targetVersion(plan);
  const names = plan.clusters.map(cluster => cluster.name);
  const compared: [string, Argument, Argument][] = [
    ['clusters', given.clusters?.join(', '), names.join(', ')],
    ['kind', given.kind, kindOf(plan)],
    ['to_version', given.to_version && withV(given.to_version), version && withV(version)],
    ['max_unavailable', given.max_unavailable, requested?.max_unavailable],
    ['canary', given.canary, requested?.canary],
    ['node_selector', given.node_selector, requested?.node_selector],
    ['installer', given.installer, requested?.installer],
    ['accept_api_outage', given.accept_api_outage, requested?.accept_api_outage],
  ];
  const problems = compared
    .filter(([, asked, planned]) => asked !== undefined && asked !== planned)
    .map(([name, , planned]) => `${name}: the plan says ${planned === undefined ? 'nothing' : String(planned)}`);
  if (problems.length === 0) return;
  throw new DivisionError(
    'INPUT_INVALID',
    `plan ${shortHash(plan.plan_hash)} is not what these arguments say: ${problems.join('; ')}`,
    'give plan_hash alone to start this plan, or leave plan_hash out to plan anew',
  );
}

async function start(front: FrontEnd, given: Input, planHash: string, call: ToolCall): Promise<ToolResult> {
  const plan = await planNamed(front, planHash);
  assertSameRequest(plan, given);
  const operation = await startPlan(front, plan.plan_hash, call.signal);
  const next = nextAfter(operation);
  return {
    structured: { ...operationView(operation), next },
    text: say(operationFacts(operation), next),
  };
}

/** Nothing asked for: says what could be planned and what could be started. */
async function whatCanBeUpgraded(front: FrontEnd, signal: AbortSignal): Promise<ToolResult> {
  const names = await clusterNames(front, signal);
  const plans = (await plansNewestFirst(front)).filter(plan => !isExpired(plan, front.clock.now()));
  const next = 'rolling_upgrade with clusters and to_version plans; with plan_hash it starts that plan.';
  const { simulated } = front.config;
  return {
    structured: {
      simulated,
      ...listOf('clusters', names, 'gm://division/cluster-status'),
      ...listOf('plans', plans.map(planLine), 'gm://division/state'),
      next,
    },
    text: say(
      [
        simulatedMark(simulated),
        `Clusters: ${someOf(names, 8)}.`,
        `${counted(plans.length, 'plan')} to start: ${someOf(
          plans.map(plan => shortHash(plan.plan_hash)),
          3,
        )}`,
      ],
      next,
    ),
  };
}

async function plan(front: FrontEnd, given: Input, signal: AbortSignal): Promise<ToolResult> {
  const { clusters, to_version: toVersion, kind } = given;
  if (clusters === undefined || toVersion === undefined) {
    const missing = [clusters === undefined && 'clusters: missing', toVersion === undefined && 'to_version: missing'];
    throw new DivisionError(
      'INPUT_INVALID',
      missing.filter(Boolean).join('; '),
      'give clusters in wave order and to_version to plan, or plan_hash to start; without arguments it lists both',
    );
  }
  if (kind === 'kubernetes') return planKubernetes(front, { ...given, clusters, toVersion }, signal);
  const planned = await planRollingUpgrade(
    front,
    {
      clusters,
      kind: 'talos',
      to_version: withV(toVersion),
      ...(given.installer !== undefined && { installer: given.installer }),
      ...(given.max_unavailable !== undefined && { max_unavailable: given.max_unavailable }),
      ...(given.canary !== undefined && { canary: given.canary }),
      ...(given.node_selector !== undefined && { node_selector: given.node_selector }),
      ...(given.accept_api_outage !== undefined && { accept_api_outage: given.accept_api_outage }),
    },
    signal,
  );
  await front.division.savePlan(planned);
  const next = nextForPlan(planned);
  return { structured: { ...planView(planned), next }, text: planText(planned, next) };
}

/** Of what is asked for beside clusters and version, Kubernetes has no installer, and its nodes go one at a time, all of them. */
async function planKubernetes(
  front: FrontEnd,
  { clusters, toVersion, ...given }: Input & { clusters: string[]; toVersion: string },
  signal: AbortSignal,
): Promise<ToolResult> {
  const notFor = (['installer', 'node_selector', 'canary', 'max_unavailable'] as const).filter(
    name => given[name] !== undefined && given[name] !== false && given[name] !== 1,
  );
  if (notFor.length > 0) {
    throw new DivisionError(
      'INPUT_INVALID',
      `${notFor.join(', ')}: not for kind kubernetes`,
      'leave them out: the control plane goes first, then every kubelet, one node at a time',
    );
  }
  const planned = await planTask(
    front,
    {
      playbook: 'kubernetes_upgrade',
      clusters,
      to_version: toVersion,
      ...(given.accept_api_outage !== undefined && { accept_api_outage: given.accept_api_outage }),
    },
    signal,
  );
  await front.division.savePlan(planned);
  const next = nextForPlan(planned);
  return { structured: { ...planView(planned), next }, text: planText(planned, next) };
}

export const rollingUpgrade = defineTool({
  name: 'rolling_upgrade',
  title: 'Rolling upgrade',
  description:
    'Without plan_hash: plans an upgrade node by node, says everything against it, who has to agree and how long it takes; starts nothing. With plan_hash: starts that plan, returns its operation at once; starting it again returns the same operation.',
  impact: 'disrupt',
  input,
  async run(front: FrontEnd, given, call) {
    if (given.plan_hash !== undefined) return start(front, given, given.plan_hash, call);
    if (Object.values(given).every(value => value === undefined)) return whatCanBeUpgraded(front, call.signal);
    return plan(front, given, call.signal);
  },
});
