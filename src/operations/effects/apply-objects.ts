import { inApplyOrder } from '../../decisions/manifest/apply-order.ts';
import { readManifest } from '../../decisions/manifest/read-manifest.ts';
import { objectText } from '../../model/workload-facts.ts';
import type { ApplyOutcome } from '../../ports/workloads.ts';
import type { EffectOutcome, Performer } from './effect-performer.ts';
import { countWords, firstFew } from './workload-outcome.ts';

function problemOf(outcome: ApplyOutcome): string | undefined {
  const what = objectText(outcome.ref);
  switch (outcome.kind) {
    case 'refused':
      return `${what}: ${outcome.code} ${outcome.reason}: ${outcome.message}`;
    case 'conflict':
      return `${what}: ${outcome.managers.join(', ')} set ${outcome.fields.slice(0, 5).join(', ')}`;
    case 'gitops':
      return `${what} is kept by ${outcome.owner.by} ${outcome.owner.name}: change it in its repository`;
    default:
      return undefined;
  }
}

function codeOf(outcomes: readonly ApplyOutcome[]): 'OPERATION_CONFLICT' | 'KUBERNETES_DENIED' | 'INPUT_INVALID' {
  if (outcomes.some(({ kind }) => kind === 'conflict' || kind === 'gitops')) return 'OPERATION_CONFLICT';
  const isDenied = outcomes.some(outcome => outcome.kind === 'refused' && outcome.code === 403);
  return isDenied ? 'KUBERNETES_DENIED' : 'INPUT_INVALID';
}

function told(outcomes: readonly ApplyOutcome[]): EffectOutcome {
  const words = outcomes.map(outcome => (outcome.kind === 'applied' ? outcome.change : outcome.kind.replace('_', ' ')));
  if (outcomes.every(({ kind }) => kind === 'applied')) return { result: 'ok', detail: countWords(words) };
  const problems = outcomes.flatMap(outcome => problemOf(outcome) ?? []);
  const untried = outcomes.flatMap(outcome => (outcome.kind === 'not_tried' ? outcome.why : []));
  const why = firstFew(problems.length > 0 ? problems : untried);
  return { result: 'failed', code: codeOf(outcomes), detail: `${countWords(words)}: ${why}` };
}

/** What was there before is on disk before the first object is sent: that is what `restore_objects` takes it back to. */
export const applyObjects: Performer<'apply_objects'> = async (effect, context) => {
  const { writers, authorization, operationId, signal, fence } = context;
  const { cluster, namespace, manifest_sha256: manifestSha256 } = effect;
  const read = readManifest(await writers.manifests.read(manifestSha256), namespace);
  if (!read.ok) {
    const problems = read.problems.map(({ line, message }) =>
      line === undefined ? message : `line ${line}: ${message}`,
    );
    return { result: 'failed', code: 'INPUT_INVALID', detail: firstFew(problems) };
  }
  const key = { operationId, cluster, namespace, manifestSha256 };
  const keepPrior = (prior: Parameters<typeof writers.manifests.keepPrior>[1]) =>
    writers.manifests.keepPrior(key, prior);
  const wanted = { namespace, objects: inApplyOrder(read.objects), keepPrior };
  return told(await writers.workloads.apply(authorization, wanted, signal, fence));
};
