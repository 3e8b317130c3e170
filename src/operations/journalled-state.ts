import { applyEntry, foldOperation, type OperationState } from '../decisions/operation-state.ts';
import type { JournalBody } from '../model/journal.ts';
import type { Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import type { Clock, DivisionWriter, Log } from '../ports.ts';
import { tell } from './chronicle.ts';
import { noObservations, projectOperation, type RunObservations } from './project.ts';

/**
 * One operation's journal and the state folded from it. Whatever is recorded is on disk before `record` resolves; the record that
 * front ends read follows it and may lag after a crash, never lead (SAFETY 11).
 */
export class JournalledState {
  readonly plan: Plan;
  readonly operationId: string;
  readonly #division: DivisionWriter;
  readonly #clock: Clock;
  readonly #log: Log;
  #state: OperationState;
  /** Entries are appended one after another, whoever asks: the runner's own and controls that arrive meanwhile. */
  #tail: Promise<unknown> = Promise.resolve();
  observations: RunObservations = noObservations;

  private constructor(
    plan: Plan,
    operationId: string,
    state: OperationState,
    options: { division: DivisionWriter; clock: Clock; log: Log },
  ) {
    this.plan = plan;
    this.operationId = operationId;
    this.#state = state;
    this.#division = options.division;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Reads the journal, truncating and naming a torn tail. [RECORD_CORRUPT] */
  static async open(
    plan: Plan,
    operationId: string,
    options: { division: DivisionWriter; clock: Clock; log: Log },
  ): Promise<JournalledState> {
    const { entries, tornBytes } = await options.division.openJournal(operationId);
    if (tornBytes > 0) options.log.warn('journal.torn-tail', { operation_id: operationId, bytes: tornBytes });
    return new JournalledState(plan, operationId, foldOperation(plan, entries), options);
  }

  get state(): OperationState {
    return this.#state;
  }

  record(body: JournalBody): Promise<void> {
    const recorded = this.#tail.then(async () => {
      const at = new Date(this.#clock.now()).toISOString();
      const entry = await this.#division.append(this.operationId, body, at);
      this.#state = applyEntry(this.#state, entry);
      await tell(this.#division, this.#log, entry, await this.project());
    });
    // A failed append is the caller's to handle; it must not stop a later one from being tried.
    this.#tail = recorded.catch(() => undefined);
    return recorded;
  }

  /** Writes the record that front ends read. */
  async project(): Promise<Operation> {
    const now = new Date(this.#clock.now()).toISOString();
    const operation = projectOperation(this.plan, this.operationId, this.#state, this.observations, now);
    await this.#division.writeOperation(operation);
    return operation;
  }
}
