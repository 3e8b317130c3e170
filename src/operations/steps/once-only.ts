import { createHash } from 'node:crypto';
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
   * What failed may be done again under a new attempt, as often as this in all: for what converges by itself (`upgrade-k8s`). Absent:
   * a failure, or a receipt that tells nothing, is a doubt that a person ends (SAFETY 3).
   */
  tries?: number;
}

const POLL_MS = 5_000;
const REMEDY =
  'look at the machine and at what talosctl said, then control_operation resume looks again; nothing is sent by itself';

/**
 * What the receipt of the step's last attempt allows (SAFETY 3): none yet → dispatch · absent → the same attempt once more · running →
 * wait · exited 0 → undefined: look at what it was to bring about · anything else → nothing is sent. [CONTRACTOR_*]
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
      if (attempts.length < (wanted.tries ?? 1)) return wanted.dispatch(attemptId(scene, wanted, attempts.length + 1));
      return inDoubt(`talosctl exited ${receipt.exitCode}`, [last.attempt_id, receipt.stderrTail]);
    case 'lost':
    case 'unknown':
      if (attempts.length < (wanted.tries ?? 1)) return wanted.dispatch(attemptId(scene, wanted, attempts.length + 1));
      return inDoubt(`what became of attempt ${last.attempt_id} is not known`, [`receipt: ${receipt.state}`]);
  }
}

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
