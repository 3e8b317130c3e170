import type { Check } from '../../decisions/checks/check.ts';
import type { ClusterPorts } from '../../ports.ts';
import type { StepScene } from '../steps/step.ts';

/** A check that has to look again before it can say: bounded, with what it has to remember of this look. */
export interface LookAgain {
  reason: string;
  whatEndsIt: string;
  pollMs: number;
  atMostMs: number;
  remember: Record<string, unknown>;
  /** What is found if nobody looks again. */
  check: Check;
}

export interface ClusterScene extends StepScene {
  cluster: ClusterPorts;
}

/** Looks at one subject of a cluster. [KUBERNETES_*, CONTRACTOR_*, TIMEOUT, CANCELLED: whatever its reads throw] */
export type ClusterLooker = (scene: ClusterScene) => Promise<Check | LookAgain>;
/** Looks at one subject of the division. */
export type DivisionLooker = (scene: StepScene) => Promise<Check>;

export const isLookAgain = (found: Check | LookAgain): found is LookAgain => 'pollMs' in found;
