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
  /** The effect of an attempt, for a dispatch; `supersedes`: those before it, where what became of them is not on record. */
  dispatch: (attemptId: string, supersedes?: string[]) => StepLook;
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
const REMEDY =
  'look at the machine and at what talosctl said, then control_operation resume looks again; nothing is sent by itself';

/**
 * What the receipt of the step's last attempt allows (SAFETY 3): none yet → dispatch · absent → the same attempt once more · running →
 * wait · exited 0 → undefined: look at what it was to bring about · anything else → nothing is sent. A contractor without receipts has
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
        remedy: REMEDY,
      };
    case 'exited':
      if (receipt.exitCode === 0) return undefined;
      if (mayTryAgain(scene, wanted)) return wanted.dispatch(attemptId(scene, wanted, attempts.length + 1));
      return inDoubt(`talosctl exited ${receipt.exitCode}`, [last.attempt_id, untrusted(receipt.stderrTail)]);
    case 'lost': {
      // Its process is proved dead, so nothing of it can come after the next one.
      const before = attempts.map(({ attempt_id: id }) => id);
      if (mayTryAgain(scene, wanted)) return wanted.dispatch(attemptId(scene, wanted, attempts.length + 1), before);
      return inDoubt(`what became of attempt ${last.attempt_id} is not known`, ['receipt: lost']);
    }
    case 'unknown':
      // It may still be at work: a second one beside it is never sent.
      if (scene.progress.last_outcome?.result === 'ok' && isAnswered(scene)) return undefined;
      return inDoubt(`what became of attempt ${last.attempt_id} is not known`, ['receipt: unknown']);
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

const inDoubt = (reason: string, evidence: readonly string[]): StepLook => ({
  kind: 'failed',
  code: 'OUTCOME_UNKNOWN',
  reason,
  remedy: REMEDY,
  evidence,
});
