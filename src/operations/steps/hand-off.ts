import { draftsOf } from '../../decisions/step-handoffs/drafts.ts';
import { fingerprintOf, overallOf, type StepDraft, type Told } from '../../decisions/step-handoffs/told.ts';
import { endedStatuses, type Operation } from '../../model/operation.ts';
import type { StepResult } from '../../model/step.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';
import { toldSoFar } from './told.ts';

/**
 * Tells others by handoffs. Each carries the operation and the step as its reference, and is looked for before it is sent: a step
 * repeated after a crash finds it sent.
 */
export const handOff: StepPerformer<'hand_off'> = async scene => {
  const { handoff } = scene.step.action;
  const told = await toldSoFar(scene);
  const drafts = await addressed(scene, draftsOf(handoff, told), handoff === 'completion_to_sender');
  if (drafts.length === 0) return nothingToTell(scene, told);
  if (handoff === 'issues_to_coo') {
    const before = await standsAlready(scene, told);
    if (before !== undefined) {
      return {
        kind: 'done',
        reason: `the same issues were told by ${before.operation}`,
        result: { ...standing(told), handoff_id: before.handoffId },
      };
    }
  }
  return {
    kind: 'write',
    reason: `${drafts.map(({ to }) => to).join(', ')} told`,
    write: async () => {
      const ids: string[] = [];
      for (const [index, draft] of drafts.entries()) ids.push(await sendOnce(scene, draft, index));
      return { ...(handoff === 'issues_to_coo' && standing(told)), handoff_id: ids[0], handoff_ids: ids };
    },
  };
};

/** What a look's report says of it, for the summary and for the next look. */
const standing = (told: Told): StepResult => ({
  fingerprint: fingerprintOf(told) ?? null,
  headline: `${told.clusters.join(', ') || 'division'}: ${overallOf(told)}${told.issues.length > 0 ? `, ${told.issues.length} findings` : ''}`,
});

function nothingToTell({ step }: StepScene, told: Told): StepLook {
  const isReport = step.action.does === 'hand_off' && step.action.handoff === 'issues_to_coo';
  return {
    kind: 'done',
    reason: 'there is nothing to tell',
    ...(isReport && { result: standing(told) }),
  };
}

/** A completion goes to whoever asked by a handoff; nobody did: to nobody. */
async function addressed({ plan, ports }: StepScene, drafts: StepDraft[], isCompletion: boolean): Promise<StepDraft[]> {
  if (!isCompletion) return drafts;
  const asked = typeof plan.in_response_to === 'string' ? await ports.handoffs.one(plan.in_response_to) : undefined;
  if (!asked) return [];
  return drafts.map(draft => ({ ...draft, to: asked.reading.from.name, inResponseTo: asked.id }));
}

/** The look before this one, of the same playbook over the same clusters, when it told the same (ledger R109). */
async function standsAlready({ ports, plan, operationId }: StepScene, told: Told) {
  const { operations } = await ports.division.operations();
  const clusters = plan.clusters.map(({ name }) => name).sort();
  const isSame = (operation: Operation): boolean =>
    operation.operation_id !== operationId &&
    operation.playbook === plan.playbook &&
    endedStatuses.includes(operation.status) &&
    operation.clusters.toSorted().join(' ') === clusters.join(' ');
  const reports = operations.filter(isSame).flatMap(({ operation_id: operation, finished_at: at = '', steps = [] }) => {
    const result = steps.find(step => step.result?.fingerprint !== undefined)?.result;
    return result ? [{ operation, at: Date.parse(at), result }] : [];
  });
  const [last] = reports.toSorted((one, other) => other.at - one.at);
  if (!last || last.result.fingerprint !== fingerprintOf(told)) return undefined;
  return { operation: last.operation, handoffId: last.result.handoff_id };
}

async function sendOnce(
  { ports, operationId, step, progress }: StepScene,
  draft: StepDraft,
  index: number,
): Promise<string> {
  // Told anew after the operation was resumed: it came to another end.
  const time = progress.again === undefined ? '' : `/${progress.again + 1}`;
  const reference = `${operationId}/${step.id}/${index}${time}`;
  const { handoffs } = await ports.handoffs.outgoing();
  const sent = handoffs.find(({ reading }) => reading.context.reference === reference);
  if (sent) return sent.id;
  const { handoffId } = await ports.handoffs.send({
    to: draft.to,
    handoffType: draft.handoffType,
    priority: draft.priority,
    taskId: `${step.id.split('/').at(-1)}-${operationId}${index > 0 ? `-${index + 1}` : ''}`,
    context: { ...draft.context, reference },
    ...(draft.inResponseTo !== undefined && { inResponseTo: draft.inResponseTo }),
    once: reference,
  });
  return handoffId;
}
