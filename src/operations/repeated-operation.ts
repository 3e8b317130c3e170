import { changesClusters } from '../decisions/authority/step-rights.ts';
import { operationId, planHash } from '../decisions/plan-hash.ts';
import { endedStatuses, type Operation } from '../model/operation.ts';
import type { ProcedurePlan } from '../model/plan.ts';
import type { Division } from '../ports.ts';

type Draft = Pick<ProcedurePlan, 'requested' | 'clusters' | 'steps'>;

/**
 * The operation that this plan would only find again, as it has ended: what is planned anew after that is to be done again, and is
 * another operation. Undefined: it was not done yet, or it can be resumed. The same between two operations, so plans stay stable.
 */
export async function repeatedOperation(
  division: Pick<Division, 'operation' | 'operations'>,
  playbook: string,
  draft: Draft,
): Promise<string | undefined> {
  const isOver = ({ status }: Operation): boolean =>
    changesClusters(draft.steps) ? status === 'succeeded' || status === 'cancelled' : endedStatuses.includes(status);
  const idAfter = (repeats: string | undefined): string =>
    operationId(planHash({ ...draft, requested: { ...draft.requested, ...(repeats !== undefined && { repeats }) } }));
  const first = await division.operation(idAfter(undefined));
  if (!first || !isOver(first)) return undefined;
  // From the newest on: of what is done each day there are many.
  const { operations } = await division.operations();
  let repeats = operations.find(operation => operation.playbook === playbook && isOver(operation))?.operation_id;
  for (;;) {
    const next = await division.operation(idAfter(repeats));
    if (!next || !isOver(next)) return repeats;
    repeats = next.operation_id;
  }
}
