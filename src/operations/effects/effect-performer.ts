import type { ErrorCode } from '../../errors.ts';
import type { Authorization } from '../../model/authorization.ts';
import type { Effect, EffectKind } from '../../model/effect.ts';
import type { JournalBody } from '../../model/journal.ts';
import type { ClusterWriters } from '../../ports.ts';

export type EffectOf<Kind extends EffectKind> = Extract<Effect, { kind: Kind }>;

/** What performing an effect answered: the journal's outcome, less the effect itself. */
export type EffectOutcome = Omit<Extract<JournalBody, { kind: 'outcome' }>, 'kind' | 'effect' | 'code'> & {
  code?: ErrorCode;
};

export interface EffectContext {
  writers: ClusterWriters;
  authorization: Authorization;
  /** Holder of leases and cordons. */
  operationId: string;
  signal: AbortSignal;
  /** Milliseconds since the look that the effect was decided on; the time of the call when absent. */
  sinceLook?: () => number;
}

export interface FencedContext extends EffectContext {
  /** Asked last before each request that disrupts; what it throws ends the effect, and nothing more is sent (SAFETY 6). */
  fence: () => Promise<void>;
}

/** Performs one effect. A DivisionError it throws is translated by `performEffect`; it never waits for the effect's consequences. */
export type Performer<Kind extends EffectKind> = (
  effect: EffectOf<Kind>,
  context: FencedContext,
) => Promise<EffectOutcome>;
