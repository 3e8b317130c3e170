import { DivisionError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { type CallValues, expandArguments } from './call-arguments.ts';
import { CallFault, unsentSoFar } from './call-fault.ts';
import { assertCarriedOut, assertContext, type CallOptions } from './call-options.ts';
import { boundCapability, findBinding } from './capability-binding.ts';
import {
  type ActCapability,
  type Binding,
  type Capability,
  type CapabilityAnswers,
  capabilities,
  type ReadCapability,
} from './capability-map.ts';
import type { Connection } from './connection.ts';
import { type CallKind, faultError, statedError } from './failure.ts';
import type { Session } from './session.ts';
import { answerBytes, type ToolAnswer } from './tool-answer.ts';
import { isMockConstant, probeTruth, type Truth } from './truth-probe.ts';

/** Tries of a call whose process did not start, or of a read whose process died; no other is sent again (contractors 3.8). */
const TRIES = 3;
/** No further try later than this after the first, so that a cluster query ends within two minutes (R225). */
const TRYING_MS = 20_000;
const PROBE_MS = 20_000;

/** A contractor entry under its profile: capabilities in, readings or DivisionErrors out. */
export class Contractor {
  readonly name: string;
  readonly #connection: Connection;
  readonly #clock: Clock;
  /** What was established of a process lives and dies with it (contractors 4.4: re-run at reconnect). */
  readonly #truths = new WeakMap<Session, Map<string, Truth>>();
  readonly #fixedContexts = new WeakMap<Session, string | undefined>();

  constructor(connection: Connection, clock: Clock) {
    this.name = connection.name;
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Profile and capabilities of the running contractor. [CONTRACTOR_UNAVAILABLE, CANCELLED] */
  async offers(signal: AbortSignal): Promise<{ profile: string; offered: Capability[]; keepsReceipts: boolean }> {
    const session = await this.#translated(this.#kind('contexts.read', 'tools/list'), () => this.#settled(signal));
    const offered = (Object.keys(capabilities) as Capability[]).filter(capability => findBinding(session, capability));
    return {
      profile: session.profile?.name ?? 'unknown',
      offered,
      keepsReceipts: keepsReceipts(session),
    };
  }

  /** [CONTRACTOR_*, CAPABILITY_MISSING, TIMEOUT, CANCELLED] */
  read<C extends ReadCapability>(
    capability: C,
    values: Partial<CallValues>,
    options: CallOptions,
  ): Promise<CapabilityAnswers[C]> {
    const kind = this.#kind(capability, capability);
    return this.#translated(kind, () =>
      this.#triedAgain(['unsent', 'lost'], () =>
        this.#connection.queueRead(async () => {
          const session = await this.#connection.session(options.signal);
          const bound = boundCapability(this.name, session, capability);
          assertCarriedOut(this.name, bound.refuses?.(values));
          if (capability !== 'contexts.read') await this.#checkFixedContext(session, options);
          try {
            return await this.#ask(session, bound, capability, values, options);
          } catch (error) {
            if (error instanceof CallFault && error.kind === 'deadline') await this.#connection.afterDeadline(session);
            throw error;
          }
        }, options.signal),
      ),
    );
  }

  /**
   * Sends a call that changes something, once. It is tried again only while nothing was sent; after that a lost
   * connection or a missed deadline is OUTCOME_UNKNOWN (SAFETY 3). [also CONTRACTOR_SUSPECT]
   */
  act<C extends ActCapability>(
    capability: C,
    values: Partial<CallValues>,
    options: CallOptions,
  ): Promise<CapabilityAnswers[C]> {
    const kind = this.#kind(capability, capability);
    return this.#translated(kind, () =>
      this.#triedAgain(['unsent'], async () => {
        const { profile } = await this.#connection.session(options.signal);
        return this.#connection.queueDispatch(
          async () => {
            const session = await this.#connection.session(options.signal);
            await this.#refuseLiar(session, options);
            const bound = boundCapability(this.name, session, capability);
            await unsentSoFar(this.#checkFixedContext(session, options));
            assertCarriedOut(this.name, bound.refuses?.(values));
            // Starting and probing the contractor can have taken minutes.
            await options.beforeSent?.();
            return this.#ask(session, bound, capability, values, options);
          },
          profile?.dispatchesBesideReads ?? false,
          options.signal,
        );
      }),
    );
  }

  /** The truth probe's verdict about the running contractor; asked once a process and context unless it was `suspect`. */
  truth(options: CallOptions): Promise<Truth> {
    return this.#translated(this.#kind('version.read', 'the truth probe'), async () =>
      this.#truth(await this.#settled(options.signal), options),
    );
  }

  async #truth(session: Session, options: CallOptions): Promise<Truth> {
    const known = this.#truths.get(session) ?? new Map<string, Truth>();
    this.#truths.set(session, known);
    const before = known.get(options.cluster.context);
    if (before && before.verdict !== 'suspect') return before;
    const { profile } = session;
    if (!profile) {
      return { verdict: 'suspect', evidence: ['no profile knows its tools'], checkedAt: this.#clock.now() };
    }
    const truth = await probeTruth(profile, options.cluster, {
      now: () => this.#clock.now(),
      ask: (tool, args) =>
        this.#metered(session, options, () =>
          session.call(tool, args, { timeoutMs: PROBE_MS, signal: options.signal }),
        ),
    });
    known.set(options.cluster.context, truth);
    return truth;
  }

  async #refuseLiar(session: Session, options: CallOptions): Promise<void> {
    const truth = await unsentSoFar(this.#truth(session, options));
    if (truth.verdict === 'verified') return;
    throw new DivisionError(
      'CONTRACTOR_SUSPECT',
      `contractor ${this.name} is ${truth.verdict === 'stub' ? 'a stub' : 'not proved honest'} (${truth.evidence.join('; ')}); it may change nothing`,
      truth.verdict === 'stub'
        ? 'Name a real contractor in talos.contractor of division.yaml.'
        : 'Run containers-gm doctor, mend what keeps the contractor from reaching Talos, then start again.',
    );
  }

  async #ask<C extends Capability>(
    session: Session,
    bound: Binding<CapabilityAnswers[C]>,
    capability: C,
    values: Partial<CallValues>,
    options: CallOptions,
  ): Promise<CapabilityAnswers[C]> {
    const args = expandArguments(bound.args, { context: options.cluster.context, ...values });
    const timeoutMs = Math.min(capabilities[capability].deadlineMs, this.#connection.limits.longestCallMs);
    const answer = await this.#metered(session, options, () =>
      session.call(bound.tool, args, { timeoutMs, signal: options.signal }),
    );
    const kind = this.#kind(capability, bound.tool, keepsReceipts(session));
    const stated = session.profile?.failure(answer);
    if (stated) throw statedError(kind, stated);
    if (isMockConstant(answer.text)) throw this.#mock(bound.tool);
    try {
      return bound.read(answer);
    } catch (error) {
      if (!kind.isMutating) throw error;
      throw new CallFault('protocol', error instanceof Error ? error.message : 'answered something unintelligible');
    }
  }

  /** A contractor whose context was fixed at its start must have been started with the cluster's. */
  async #checkFixedContext(session: Session, options: CallOptions): Promise<void> {
    const { profile } = session;
    if (!profile?.contextIsFixed) return;
    if (!this.#fixedContexts.has(session)) this.#fixedContexts.set(session, await this.#fixedContext(session, options));
    assertContext(this.name, this.#fixedContexts.get(session), options.cluster.context, profile);
  }

  async #fixedContext(session: Session, options: CallOptions): Promise<string | undefined> {
    const variable = session.profile?.contextVariable;
    if (variable !== undefined) return this.#connection.environment[variable];
    const bound = boundCapability(this.name, session, 'contexts.read');
    return (await this.#ask(session, bound, 'contexts.read', {}, options)).current;
  }

  #mock(tool: string): DivisionError {
    return new DivisionError(
      'CONTRACTOR_SUSPECT',
      `contractor ${this.name}: ${tool} answered a known mock's constant`,
      'Name a real contractor in talos.contractor of division.yaml.',
    );
  }

  async #metered(session: Session, options: CallOptions, call: () => Promise<ToolAnswer>): Promise<ToolAnswer> {
    const startedAt = performance.now();
    let answer: ToolAnswer | undefined;
    try {
      answer = await call();
      return answer;
    } finally {
      const hasFailed = answer === undefined || session.profile?.failure(answer) !== undefined;
      const answeredBytes = answer === undefined ? 0 : answerBytes(answer);
      options.usage.record({ latencyMs: performance.now() - startedAt, hasFailed, answeredBytes });
    }
  }

  #settled(signal: AbortSignal): Promise<Session> {
    return this.#triedAgain(['unsent'], () => this.#connection.session(signal));
  }

  async #triedAgain<Value>(kinds: readonly CallFault['kind'][], attempt: () => Promise<Value>): Promise<Value> {
    const startedAt = performance.now();
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        const isOver = tries >= TRIES || performance.now() - startedAt > TRYING_MS;
        if (isOver || !(error instanceof CallFault) || !kinds.includes(error.kind)) throw error;
      }
    }
  }

  async #translated<Value>(kind: CallKind, call: () => Promise<Value>): Promise<Value> {
    try {
      return await call();
    } catch (error) {
      throw error instanceof CallFault ? faultError(kind, error) : error;
    }
  }

  #kind(capability: Capability, tool: string, hasReceipts = false): CallKind {
    const isMutating = 'effect' in capabilities[capability];
    const isAttempt = 'isAttempt' in capabilities[capability];
    return { contractor: this.name, tool, isMutating, isAttempt, hasReceipt: isAttempt && hasReceipts };
  }
}

function keepsReceipts(session: Session): boolean {
  return session.profile?.keepsReceipts === true && findBinding(session, 'attempt.get') !== undefined;
}
