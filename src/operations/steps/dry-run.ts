import { inApplyOrder } from '../../decisions/manifest/apply-order.ts';
import { untrusted } from '../../decisions/untrusted.ts';
import { objectText } from '../../model/workload-facts.ts';
import type { ApplyOutcome } from '../../ports/workloads.ts';
import { onApplication } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** The API server's own word on every object, nothing kept: what it refuses, and what somebody else keeps, is said at once. */
export const dryRun: StepPerformer<'dry_run'> = async context => {
  const { cluster, namespace, objects, name } = await onApplication(context);
  const outcomes = await cluster.workloads.dryRun({ namespace, objects: inApplyOrder(objects) }, context.signal);
  const problems = outcomes.flatMap(outcome => problemOf(outcome) ?? []);
  const isKeptByOthers = outcomes.some(({ kind }) => kind === 'gitops' || kind === 'conflict');
  const [first] = problems;
  if (first !== undefined) {
    return {
      kind: 'failed',
      code: isKeptByOthers ? 'OPERATION_CONFLICT' : 'INPUT_INVALID',
      reason: `${name}: ${first}`,
      remedy: isKeptByOthers
        ? 'change it where it is kept: the patch is in the step’s result'
        : 'correct the manifest and plan again',
      evidence: problems.slice(0, 20),
      result: handedBack(outcomes),
    };
  }
  const changes = outcomes.map(
    outcome => `${objectText(outcome.ref)}: ${outcome.kind === 'applied' ? outcome.change : outcome.kind}`,
  );
  return {
    kind: 'done',
    reason: `the API server takes all ${outcomes.length} objects of ${name}`,
    evidence: changes.slice(0, 20),
  };
};

function problemOf(outcome: ApplyOutcome): string | undefined {
  const what = objectText(outcome.ref);
  switch (outcome.kind) {
    case 'refused':
      return `${what}: ${outcome.code} ${untrusted(`${outcome.reason}: ${outcome.message}`)}`;
    case 'conflict':
      return `${what}: ${outcome.managers.join(', ')} set ${outcome.fields.slice(0, 5).join(', ')}`;
    case 'gitops':
      return `${what} is kept by ${outcome.owner.by} ${outcome.owner.name}`;
    case 'applied':
    case 'not_tried':
      return undefined;
  }
}

/** Patches for whoever keeps the objects (issue: owned by Argo CD or Flux); none that would show a secret. */
function handedBack(outcomes: readonly ApplyOutcome[]): Record<string, unknown> {
  const patches = outcomes.flatMap(outcome =>
    outcome.kind === 'gitops' && outcome.patch !== undefined
      ? [
          {
            object: objectText(outcome.ref),
            kept_by: `${outcome.owner.by} ${outcome.owner.name}`,
            patch: outcome.patch,
          },
        ]
      : [],
  );
  return patches.length > 0 ? { hand_back: patches.slice(0, 10) } : {};
}
