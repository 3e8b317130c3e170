import { DivisionError } from '../errors.ts';
import { own } from './profiles/own.ts';
import type { Profile } from './profiles/profile.ts';
import type { UsageMeter } from './usage.ts';

export interface CallOptions {
  signal: AbortSignal;
  usage: UsageMeter;
  /** The cluster's talosconfig context and control plane addresses. */
  cluster: { context: string; endpoints: readonly string[] };
  /** The caller's last word before a call that changes something is sent; what it throws is thrown, and nothing is sent. */
  beforeSent?: (() => Promise<void>) | undefined;
}

/** SAFETY 1: the answers of a contractor that was started for another context are another cluster's. [CONTRACTOR_SUSPECT] */
export function assertContext(contractor: string, current: string | undefined, wanted: string, profile: Profile): void {
  if (current === wanted) return;
  const variable = profile.contextVariable;
  const start =
    variable === undefined
      ? 'Start it with that context'
      : `Set ${variable}: ${wanted} in the env of its mcp.json entry`;
  throw new DivisionError(
    'CONTRACTOR_SUSPECT',
    `contractor ${contractor} answers for talosconfig context ${current ?? '(none)'}, not for ${wanted}`,
    `${start}, or use contractor "${own.title}", which is told the context with every call.`,
  );
}

/** `why` a contractor can't do what is asked in the way it is asked. [CAPABILITY_MISSING] */
export function assertCarriedOut(contractor: string, why: string | undefined): void {
  if (why === undefined) return;
  throw new DivisionError(
    'CAPABILITY_MISSING',
    `contractor ${contractor} can't do this: ${why}`,
    `Use contractor "${own.title}" for this cluster; nothing was sent.`,
  );
}
