import { applyEntry, foldOperation, type OperationState } from '../decisions/operation-state.ts';
import { DivisionError } from '../errors.ts';
import type { JournalBody } from '../model/journal.ts';
import type { Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import { type AuditedOperation, auditLine } from './audit-line.ts';
import { type Told, tell, tellAgain } from './chronicle.ts';
import { noObservations, projectOperation, type RunObservations } from './project.ts';

/**
 * One operation's journal and the state folded from it. Whatever is recorded is on disk before `record` resolves; the record that
 * front ends read follows it and may lag after a crash, never lead (SAFETY 11).
 */
export class JournalledState {
  readonly plan: Plan;
  readonly operationId: string;
  readonly #told: Told;
  #state: OperationState;
  /** Entries are appended one after another, whoever asks: the runner's own and controls that arrive meanwhile. */
  #tail: Promise<unknown> = Promise.resolve();
  observations: RunObservations = noObservations;

  private constructor(plan: Plan, operationId: string, state: OperationState, options: Told) {
    this.plan = plan;
    this.operationId = operationId;
    this.#state = state;
    this.#told = options;
  }

  /** Reads the journal, truncating and naming a torn tail; tells what the log lacks of it. [RECORD_CORRUPT] */
  static async open(plan: Plan, operationId: string, options: Told): Promise<JournalledState> {
    const { entries, tornBytes } = await options.division.openJournal(operationId);
    if (tornBytes > 0) options.log.warn('journal.torn-tail', { operation_id: operationId, bytes: tornBytes });
    let state = foldOperation(plan, []);
    const lines = entries.map(entry => {
      state = applyEntry(state, entry);
      return auditLine(entry, audited(plan, operationId), state);
    });
    await tellAgain(options, lines);
    return new JournalledState(plan, operationId, state, options);
  }

  get state(): OperationState {
    return this.#state;
  }

  record(body: JournalBody): Promise<void> {
    const recorded = this.#tail.then(async () => {
      const at = new Date(this.#told.clock.now()).toISOString();
      const entry = await this.#told.division.append(this.operationId, body, at);
      const state = applyEntry(this.#state, entry);
      this.#state = state;
      await this.#follow();
      await tell(this.#told, entry, audited(this.plan, this.operationId), state);
    });
    // A failed append is the caller's to handle; it must not stop a later one from being tried.
    this.#tail = recorded.catch(() => undefined);
    return recorded;
  }

  /** What can't be written now follows with the next entry, or with the next executor: never in the journal's way (SAFETY 11). */
  async #follow(): Promise<void> {
    try {
      await this.project();
    } catch (error) {
      if (!(error instanceof DivisionError) || error.code === 'DIRECTORY_LOCKED') throw error;
      this.#told.log.error('operation.record_unwritten', { operation_id: this.operationId, message: error.message });
    }
  }

  /** Writes the record that front ends read. */
  async project(): Promise<Operation> {
    const { clock, division } = this.#told;
    const observations = { ...this.observations, tokensEstimated: await this.#tokens() };
    const now = new Date(clock.now()).toISOString();
    const operation = projectOperation(this.plan, this.operationId, this.#state, observations, now);
    await division.writeOperation(operation);
    return operation;
  }

  /** A ledger that can't be read keeps no record from being written. */
  async #tokens(): Promise<number> {
    const { outlook, log } = this.#told;
    try {
      return (await outlook?.budget.tokensOfTask(this.operationId)) ?? 0;
    } catch (error) {
      log.warn('budget.unread', { operation_id: this.operationId, error: String(error) });
      return this.observations.tokensEstimated;
    }
  }
}

const audited = (plan: Plan, operationId: string): AuditedOperation => ({
  operationId,
  planHash: plan.plan_hash,
  simulated: plan.simulated,
});
