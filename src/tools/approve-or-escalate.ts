import * as z from 'zod';
import { type Classified, classifyText, mayDecide, nameOfLevel } from '../decisions/authority.ts';
import { targetVersion } from '../decisions/plan-words.ts';
import { DivisionError } from '../errors.ts';
import { defineTool, type ToolCall, type ToolResult } from '../mcp/define-tool.ts';
import type { Plan } from '../model/plan.ts';
import { decidePlan, type PlanDecision } from '../operations/approving/decide-plan.ts';
import { escalateAction } from '../operations/approving/escalate.ts';
import { plansWaiting } from '../operations/approving/plans-waiting.ts';
import type { FrontEnd } from '../ports.ts';
import { planAddress } from '../views/addresses.ts';
import { operationNamed } from '../views/find-operation.ts';
import { planNamed, startsWith } from '../views/plan-view.ts';
import { counted, listOf, say, shortHash, simulatedMark, someOf } from '../views/wording.ts';

const scope = z.strictObject({
  nodes_from_infrastructure: z.number().int().min(0).optional(),
  control_plane_nodes_left: z.number().int().min(0).optional(),
  changes_talos_minor: z.boolean().optional(),
  changes_kubernetes_version: z.boolean().optional(),
  tokens_projected: z.number().int().min(0).optional(),
});

const input = z.strictObject({
  plan_hash: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/, 'expected the 16 to 64 lower-case hex digits that a plan showed')
    .optional()
    .describe('the plan to decide about'),
  operation_id: z.string().min(1).max(200).optional().describe('or the operation of that plan'),
  action: z.string().min(1).max(300).optional().describe('an action id or words: who decides?'),
  scope: scope.optional().describe('what is known of the action'),
  decision: z.enum(['approve', 'reject', 'escalate']).optional().describe('yours; none: asks who may'),
  reason: z.string().trim().min(3).max(500).optional().describe('kept in the record'),
});
type Input = z.output<typeof input>;

function nextFor(plan: Plan, decision: PlanDecision): string {
  const hash = shortHash(plan.plan_hash);
  const starts = `${startsWith(plan)} with plan_hash ${hash} starts it`;
  switch (decision.verdict) {
    case 'autonomous':
    case 'approved':
      return `${starts}.`;
    case 'rejected':
      return 'report the rejection; plan something else.';
    case 'escalated':
      return `report that ${decision.waitingFor} was asked and end your turn; when the answer is there, ${starts}.`;
    case 'refused':
      return decision.waitingFor === undefined
        ? 'report it; get_operation shows what became of the plan.'
        : `approve_or_escalate with plan_hash ${hash} and decision approve, reject or escalate.`;
  }
}

function planResult(plan: Plan, decision: PlanDecision): ToolResult {
  const { verdict, level, action, rule, decidedBy, isUnsigned, waitingFor, handoffId, reason, refused } = decision;
  const next = nextFor(plan, decision);
  const hash = shortHash(plan.plan_hash);
  const by = decidedBy === undefined ? '' : ` by ${decidedBy}${isUnsigned ? ', unsigned' : ''}`;
  const waits = waitingFor === undefined ? '' : `; waiting for ${waitingFor}`;
  return {
    structured: {
      verdict,
      level,
      action,
      rule,
      plan_hash: hash,
      simulated: plan.simulated,
      ...(decidedBy !== undefined && { decided_by: decidedBy, unsigned: isUnsigned ?? false }),
      ...(waitingFor !== undefined && { waiting_for: waitingFor, status: 'awaiting_approval' }),
      ...(handoffId !== undefined && { handoff_id: handoffId }),
      ...(reason !== undefined && { reason }),
      ...(refused.length > 0 && listOf('refused', refused, planAddress(plan.plan_hash))),
      next,
    },
    text: say(
      [
        simulatedMark(plan.simulated),
        `Plan ${hash}: ${verdict}${by}${waits}${handoffId === undefined ? '' : ` (${handoffId})`}.`,
        reason,
        `Level ${level}, ${rule}.`,
        refused.length > 0 ? `${counted(refused.length, 'decision')} there does not count.` : undefined,
      ],
      next,
    ),
  };
}

async function whatWaits(front: FrontEnd): Promise<ToolResult> {
  const waiting = await plansWaiting(front);
  const lines = waiting.map(({ plan, waitingFor, handoffId }) => ({
    plan_hash: shortHash(plan.plan_hash),
    clusters: plan.clusters.map(cluster => cluster.name),
    playbook: plan.playbook,
    to_version: targetVersion(plan),
    level: plan.authority.level,
    waiting_for: waitingFor,
    ...(handoffId !== undefined && { handoff_id: handoffId }),
    expires_at: plan.expires_at,
  }));
  const next =
    waiting.length === 0 ? 'nothing waits for a decision.' : 'approve_or_escalate with one of these as plan_hash.';
  const hashes = waiting.map(({ plan }) => shortHash(plan.plan_hash));
  return {
    structured: { simulated: front.config.simulated, ...listOf('waiting', lines, 'gm://division/state'), next },
    text: say([simulatedMark(front.config.simulated), `Waiting: ${someOf(hashes, 5) || 'none'}.`], next),
  };
}

function question(asked: Extract<Classified, { outcome: 'question' }>): ToolResult {
  const next = `ask the user for ${asked.missing.join(', ')}, then call again with it in scope; never guess.`;
  return {
    structured: { outcome: 'question', verdict: 'refused', actions: asked.actions, missing: asked.missing, next },
    text: say(
      [`Who decides ${asked.actions.join(', ')} depends on what is not known: ${asked.missing.join(', ')}.`],
      next,
    ),
  };
}

/** Only says who decides, or asks them: an approval is of a plan, by its hash. */
async function decideAction(front: FrontEnd, given: Input, text: string): Promise<ToolResult> {
  if (given.decision === 'approve' || given.decision === 'reject') {
    throw new DivisionError(
      'INPUT_INVALID',
      `decision: ${given.decision} is for a plan, an action has no hash to bind it to`,
      'plan it first, then approve_or_escalate with its plan_hash',
    );
  }
  const facts = given.scope ?? {};
  const classified = classifyText(text, facts);
  if (classified.outcome === 'question') return question(classified);
  const { action, level, rule } = classified.decided;
  const mayHere = mayDecide(front.principal, level);
  if (level === 'autonomous') {
    const next = 'plan it; it needs nobody else’s approval.';
    return {
      structured: { verdict: 'autonomous', level, action, rule, actions: classified.actions, next },
      text: say([`${action}: the division decides alone (${rule}).`], next),
    };
  }
  const waitingFor = nameOfLevel(level);
  if (mayHere && given.decision !== 'escalate') {
    const next = 'plan it; then approve_or_escalate with its plan_hash and decision approve.';
    return {
      structured: {
        verdict: 'refused',
        level,
        action,
        rule,
        waiting_for: waitingFor,
        actions: classified.actions,
        next,
      },
      text: say([`${action} is for ${waitingFor} to decide (${rule}): by a plan’s hash.`], next),
    };
  }
  const handoffId = await escalateAction(front, {
    action,
    level,
    rule,
    scope: facts,
    ...(given.reason !== undefined && { reason: given.reason }),
  });
  const next = `report that ${waitingFor} was asked and end your turn; then plan it, and let that plan be approved.`;
  return {
    structured: {
      verdict: 'escalated',
      level,
      action,
      rule,
      waiting_for: waitingFor,
      handoff_id: handoffId,
      actions: classified.actions,
      next,
    },
    text: say([`${action} is for ${waitingFor} to decide (${rule}); asked by ${handoffId}.`], next),
  };
}

async function subject(front: FrontEnd, given: Input, call: ToolCall): Promise<Plan | undefined> {
  if (given.plan_hash !== undefined) return planNamed(front, given.plan_hash);
  if (given.operation_id === undefined) return undefined;
  const operation = await operationNamed(front, given.operation_id, call.signal);
  return planNamed(front, operation.plan_hash);
}

export const approveOrEscalate = defineTool({
  name: 'approve_or_escalate',
  title: 'Approve or escalate',
  description:
    'Who decides about a plan or an action, and their decision: records an approval by who may give it, else asks them by handoff. Starts nothing. Without arguments: what waits for a decision.',
  impact: 'disrupt',
  input,
  async run(front: FrontEnd, given, call) {
    const named = [given.plan_hash, given.operation_id, given.action].filter(value => value !== undefined);
    if (named.length > 1) {
      throw new DivisionError(
        'INPUT_INVALID',
        'plan_hash, operation_id and action exclude each other',
        'give one of them, or none to see what waits for a decision',
      );
    }
    const plan = await subject(front, given, call);
    if (plan) {
      const { decision, reason } = given;
      const confirm = call.confirm.bind(call);
      return planResult(plan, await decidePlan(front, plan, { decision, reason, confirm }));
    }
    return given.action === undefined ? whatWaits(front) : decideAction(front, given, given.action);
  },
});
