import { createHash } from 'node:crypto';
import { untrusted } from '../../decisions/untrusted.ts';
import type { ClusterPorts } from '../../ports.ts';
import type { StepLook, StepScene } from './step.ts';

interface OnceOnly {
  cluster: ClusterPorts;
  /** Names the attempts: what is done, to what machine, in which boot. */
  kind: string;
  systemUuid: string;
  bootId: string;
  /** The effect of an attempt, for a dispatch. */
  dispatch: (attemptId: string) => StepLook;
  /** Longest it may run, milliseconds of the clusters' clock. */
  atMostMs: number;
  running: string;
  /**
   * What failed may be done again under a new attempt, as often as this since somebody resumed: for what converges by itself
   * (`upgrade-k8s`). Absent: a failure, or a receipt that tells nothing, is a doubt that a person ends (SAFETY 3).
   */
  tries?: number;
}

const POLL_MS = 5_000;
/** Nothing is sent by itself: a resume looks again, and a person's word ends the doubt (SAFETY 3c). */
const remedyFor = ({ step }: StepScene): string =>
  `look at the machine and at what talosctl said; then control_operation resolve with node ${step.id} as done, not_started or abandon, and resume`;

/**
 * What the receipt of the step's last attempt allows (SAFETY 3): none yet → dispatch · absent → the same attempt once more · running →
 * wait · exited 0 → undefined: look at what it was to bring about · anything else → in doubt. A contractor without receipts has
 * only its answer: what it accepted is looked for, what it never answered is a doubt. [CONTRACTOR_*]
 */
export async function lookAtAttempt(scene: StepScene, wanted: OnceOnly): Promise<StepLook | undefined> {
  const attempts = scene.progress.attempts ?? [];
  const last = attempts.at(-1);
  if (!last) return wanted.dispatch(attemptId(scene, wanted, 1));
  const receipt = await wanted.cluster.talos.attempt(last.attempt_id, scene.signal);
  switch (receipt.state) {
    case 'absent':
      return wanted.dispatch(last.attempt_id);
    case 'running':
      return {
        kind: 'wait',
        reason: wanted.running,
        whatEndsIt: 'talosctl exits',
        pollMs: POLL_MS,
        atMostMs: wanted.atMostMs,
        remedy: remedyFor(scene),
      };
    case 'exited':
      if (receipt.exitCode === 0) return undefined;
      if (mayTryAgain(scene, wanted)) return wanted.dispatch(attemptId(scene, wanted, attempts.length + 1));
      return doubt(scene, wanted, `talosctl exited ${receipt.exitCode}`, [untrusted(receipt.stderrTail)]);
    case 'lost':
      // Its process is proved dead, so nothing of it can come after the next one.
      if (mayTryAgain(scene, wanted)) return nextAttempt(scene, wanted);
      return doubt(scene, wanted, 'talosctl died without an exit code', ['receipt: lost']);
    case 'unknown':
      // It may still be at work: a second one beside it is never sent.
      if (scene.progress.last_outcome?.result === 'ok' && isAnswered(scene)) return undefined;
      return doubt(scene, wanted, 'its contractor keeps no receipts, and did not answer', ['receipt: unknown']);
  }
}

/** In place of all before it, as what became of them is not on record. */
function nextAttempt(scene: StepScene, wanted: OnceOnly): StepLook {
  const supersedes = (scene.progress.attempts ?? []).map(({ attempt_id: id }) => id);
  const look = wanted.dispatch(attemptId(scene, wanted, supersedes.length + 1));
  if (look.kind !== 'effect' || !('attempt_id' in look.effect)) return look;
  return { ...look, effect: { ...look.effect, supersedes } };
}

/**
 * Nothing is sent until a person with the effect's own authority says what became of the last attempt (SAFETY 3c): `done`: what it was to
 * bring about is looked for; `not_started`: the next takes its place; `abandon`: the step has failed for good.
 */
function doubt(scene: StepScene, wanted: OnceOnly, what: string, evidence: readonly string[]): StepLook | undefined {
  const { attempts = [], resolved } = scene.progress;
  const last = attempts.at(-1)?.attempt_id ?? '';
  const failed = { kind: 'failed', code: 'OUTCOME_UNKNOWN', evidence: [last, ...evidence] } as const;
  switch (resolved?.attempt_id === last ? resolved.as : undefined) {
    case 'done':
      return undefined;
    case 'not_started':
      return nextAttempt(scene, wanted);
    case 'abandon':
      return { ...failed, reason: `abandoned: ${resolved?.reason ?? what}`, remedy: 'plan what is to be done instead' };
    case undefined:
      return { ...failed, reason: `what became of it is not known: ${what}`, remedy: remedyFor(scene) };
  }
}

const mayTryAgain = ({ progress, state }: StepScene, { tries = 1 }: OnceOnly): boolean => {
  const resumedAt = tries > 1 ? Date.parse(state.resumedAt ?? '') : Number.NaN;
  const counted = (progress.attempts ?? []).filter(({ intended_at: at }) => !(Date.parse(at) < resumedAt));
  return counted.length < tries;
};

const isAnswered = ({ progress: { intents, outcomes } }: StepScene): boolean => outcomes >= intents;

/** Derived, so that a dispatch repeated after a crash is the same attempt to a contractor with receipts. */
function attemptId({ operationId, step }: StepScene, { kind, systemUuid, bootId }: OnceOnly, ordinal: number): string {
  const identity = createHash('sha256')
    .update(JSON.stringify([step.id, systemUuid, bootId]))
    .digest('hex')
    .slice(0, 12);
  return `${operationId}.${kind}.${identity}.${ordinal}`;
}
