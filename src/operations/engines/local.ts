/** Runs operations in this process over the division directory: one at a time a cluster, requests in, records out. */
import PQueue from 'p-queue';
import { changesClusters } from '../../decisions/authority/step-rights.ts';
import { operationId } from '../../decisions/plan-hash.ts';
import { isActive } from '../../decisions/upgrade-turn.ts';
import { DivisionError } from '../../errors.ts';
import type { JournalBody, Request } from '../../model/journal.ts';
import { endedStatuses } from '../../model/operation.ts';
import { isProcedurePlan, type Plan } from '../../model/plan.ts';
import type { DivisionWriter } from '../../ports.ts';
import { HeldTokens } from '../held-tokens.ts';
import { JournalledState } from '../journalled-state.ts';
import { assertMayResolve } from '../may-resolve.ts';
import type { Outlook } from '../outlook.ts';
import { type RunPorts, runOperation } from '../run-operation.ts';

export interface EngineOptions extends RunPorts {
  division: DivisionWriter & { operationIds(): Promise<string[]> };
  /** Absent: no tokens are counted, and contractors are not told of. */
  outlook?: Outlook;
  /** Told of every end, after its record is written. */
  onEnd?: () => Promise<void>;
}

/** Cluster time after which an operation that could not write down what it does is tried again. */
const UNRECORDED_RETRY_MS = 30_000;

interface Run {
  journal: JournalledState;
  wake: AbortController;
  /** Aborts with `wake`, and with all runs. Made once for all the sleeps of a run that nobody asks anything. */
  stirred: AbortSignal;
  /** The journal had its end when the run came to it. */
  isOver: boolean;
  ended: Promise<void>;
}

/**
 * The clusters whose turn an operation waits for; one that only looks waits for nobody. Queues are entered in one order by everybody, so
 * two operations over the same clusters can't wait for each other.
 */
const queuedFor = (plan: Plan): string[] =>
  isProcedurePlan(plan) && !changesClusters(plan.steps) ? [] : plan.clusters.map(({ name }) => name).sort();

export class LocalEngine {
  readonly #options: EngineOptions;
  readonly #tokens: HeldTokens;
  readonly #queues = new Map<string, PQueue>();
  readonly #runs = new Map<string, Run>();
  readonly #abort = new AbortController();
  #isStopping = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#tokens = new HeldTokens(options);
  }

  /** Operations that do or wait for something; a paused one waits for nobody but a human. */
  get busy(): number {
    return [...this.#runs.values()].filter(({ journal }) => {
      const { isPauseAsked, nodes } = journal.state;
      return !isPauseAsked || [...nodes.values()].some(isActive);
    }).length;
  }

  /** Goes on with every operation that has no end yet. One that can't be read is named in the log; the others go on. */
  async resume(): Promise<void> {
    let plans: Promise<Plan[]> | undefined;
    const ended: string[] = [];
    for (const id of await this.#options.division.operationIds()) {
      try {
        plans ??= this.#options.division.plans();
        const plan = (await plans).find(known => operationId(known.plan_hash) === id);
        if (!plan) throw new DivisionError('RECORD_CORRUPT', `the plan of ${id} can't be read`, 'restore plans/');
        const journal = await this.#open(plan, id);
        if (journal.state.sequence === 0) continue;
        // The journal is the truth: a record that lags after a crash, or can't be read, is written anew from it (SAFETY 11).
        await journal.project();
        if (this.#isUnfinished(journal)) this.#enqueue(journal);
        else ended.push(id);
      } catch (error) {
        if (!(error instanceof DivisionError)) throw error;
        this.#options.log.error('operation.unreadable', { operation_id: id, code: error.code, message: error.message });
      }
    }
    await this.#tokens.settleHeld(ended);
  }

  /** An end whose Lease was not given up before a crash has that left to do. */
  #isUnfinished(journal: JournalledState): boolean {
    return !endedStatuses.includes(journal.state.status) || journal.state.leases.size > 0;
  }

  #open(plan: Plan, id: string): Promise<JournalledState> {
    return JournalledState.open(plan, id, this.#options);
  }

  /** Acts on every request that lies there; one is dropped once what it asks for is in a journal. */
  async takeRequests(): Promise<void> {
    const { division, log } = this.#options;
    for (const request of await division.requests()) {
      try {
        await (request.kind === 'start' ? this.#start(request) : this.#control(request));
      } catch (error) {
        // INTERNAL is no refusal: the disk did not take it. The request stays and is tried again.
        if (!(error instanceof DivisionError) || error.code === 'INTERNAL') throw error;
        log.error('request.refused', { request_id: request.request_id, code: error.code, message: error.message });
      }
      await division.dropRequest(request.request_id);
    }
  }

  async #start(request: Extract<Request, { kind: 'start' }>): Promise<void> {
    const plan = await this.#options.division.plan(request.plan_hash);
    if (!plan) throw new DivisionError('NOT_FOUND', `there is no plan ${request.plan_hash}`, 'plan again');
    const id = operationId(plan.plan_hash);
    if (this.#runs.has(id)) return;
    const journal = await this.#open(plan, id);
    // The same plan again is the same operation: nothing happens (SAFETY 9).
    if (journal.state.sequence > 0) return;
    await this.#tokens.hold(plan, id);
    await journal.record({ kind: 'queued', plan_hash: plan.plan_hash, requested_by: request.principal });
    this.#enqueue(journal);
  }

  async #control(request: Extract<Request, { kind: 'control' }>): Promise<void> {
    const { action, reason, principal, node, as, holder, request_id } = request;
    const body: JournalBody = {
      kind: 'control',
      action,
      reason,
      by: principal,
      request_id,
      ...(node !== undefined && { node }),
      ...(as !== undefined && { as }),
      ...(holder !== undefined && { holder }),
    };
    const run = this.#runs.get(request.operation_id);
    if (run) {
      if (action === 'resolve') assertMayResolve(run.journal.plan, principal);
      if (run.journal.state.takenRequests.has(request_id)) return;
      await run.journal.record(body);
      const { wake } = run;
      Object.assign(run, this.#waking());
      wake.abort();
      if (action === 'resume') this.#goOn(run);
      return;
    }
    const record = await this.#options.division.operation(request.operation_id);
    const plan = record && (await this.#options.division.plan(record.plan_hash));
    if (!plan) throw new DivisionError('NOT_FOUND', `there is no operation ${request.operation_id}`, 'get_operation');
    if (action === 'resolve') assertMayResolve(plan, principal);
    const journal = await this.#open(plan, request.operation_id);
    if (action === 'pause' || action === 'cancel' || journal.state.takenRequests.has(request_id)) return;
    await journal.record(body);
    if (action === 'resume') this.#enqueue(journal);
  }

  #enqueue(journal: JournalledState): void {
    const run: Run = { journal, ...this.#waking(), isOver: false, ended: Promise.resolve() };
    this.#runs.set(journal.operationId, run);
    const names = queuedFor(journal.plan);
    const inTurn = names.reduceRight<() => Promise<void>>(
      (inner, name) => () => this.#queue(name).add(inner),
      () => this.#run(run),
    );
    run.ended = inTurn().finally(() => {
      this.#runs.delete(journal.operationId);
      this.#goOn(run);
    });
  }

  #waking(): Pick<Run, 'wake' | 'stirred'> {
    const wake = new AbortController();
    return { wake, stirred: AbortSignal.any([this.#abort.signal, wake.signal]) };
  }

  /** A run that was at its end, giving its Leases up, when somebody resumed the operation: another one takes it up. */
  #goOn({ journal, isOver }: Run): void {
    const isFree = isOver && !this.#isStopping && !this.#runs.has(journal.operationId);
    if (isFree && !endedStatuses.includes(journal.state.status)) this.#enqueue(journal);
  }

  async #run(run: Run): Promise<void> {
    while (!this.#isStopping && !(await this.#isRunOver(run))) {
      await this.#options.clock.sleep(UNRECORDED_RETRY_MS, run.stirred);
    }
  }

  /** False when the disk refused even the operation's halt: its journal says how far it came, and it goes on from there. */
  async #isRunOver(run: Run): Promise<boolean> {
    const { onEnd, log } = this.#options;
    try {
      const end = await runOperation(run.journal, this.#options, {
        signal: this.#abort.signal,
        isStopping: () => this.#isStopping,
        wake: () => run.stirred,
      });
      if (end !== 'ended') return true;
      run.isOver = true;
      await this.#tokens.settle(run.journal.operationId);
      await onEnd?.();
      return true;
    } catch (error) {
      log.error('operation.unrecorded', { operation_id: run.journal.operationId, error });
      // Who lost the lock has nothing to go on with.
      return error instanceof DivisionError && error.code === 'DIRECTORY_LOCKED';
    }
  }

  #queue(cluster: string): PQueue {
    let queue = this.#queues.get(cluster);
    if (!queue) {
      queue = new PQueue({ concurrency: 1 });
      this.#queues.set(cluster, queue);
    }
    return queue;
  }

  /** SIGTERM: admits no new node, finishes those under way, parks (SAFETY 7). */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const run of this.#runs.values()) run.wake.abort();
    await Promise.allSettled([...this.#runs.values()].map(run => run.ended));
  }

  /** Sends nothing more, from now on. */
  async abort(): Promise<void> {
    this.#isStopping = true;
    this.#abort.abort();
    await Promise.allSettled([...this.#runs.values()].map(run => run.ended));
  }
}
