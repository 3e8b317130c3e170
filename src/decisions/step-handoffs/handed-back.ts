import { common, type StepDraft, type Told } from './told.ts';

/** To whoever owns the workload: its repository is theirs to change (ledger R263). */
export function handedBack(told: Told): StepDraft[] {
  const { object, kept_by: keptBy, patch } = told.handedBack ?? {};
  if (typeof object !== 'string' || typeof keptBy !== 'string') return [];
  return (told.divisions.length > 0 ? told.divisions : ['coo']).map(to => ({
    to,
    handoffType: 'coordination',
    priority: 'high',
    context: {
      summary: `${object} is kept by ${keptBy}: this patch is to be made in its repository, nothing was changed`,
      kept_by: keptBy,
      // As text: a handoff's context is not nested as deep as an object's template.
      patch: JSON.stringify(patch),
      patch_type: 'application/strategic-merge-patch+json',
      ...common(told),
    },
  }));
}
