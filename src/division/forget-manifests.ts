import { stat } from 'node:fs/promises';
import type { Operation } from '../model/operation.ts';
import type { Plan } from '../model/plan.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode } from './file-system.ts';
import { openPrivateFiles } from './private-files.ts';

/** As long as what was there before an apply is kept (forgetPriors). */
const KEPT_MS = 7 * 24 * 3_600_000;

interface Claims {
  plans: readonly Plan[];
  /** All there are: one that cannot be read may need anything. */
  operations: readonly Pick<Operation, 'plan_hash' | 'status' | 'finished_at'>[];
  /** Of the division's clock, which the records are dated by; epoch milliseconds. */
  now: number;
  /** Of this machine's clock, which files are dated by. */
  wallMs: number;
}

const manifestsOf = ({ requested }: Plan): string[] =>
  requested.kind === 'procedure' && requested.task.playbook === 'deploy_application'
    ? requested.task.applications.map(({ manifest_sha256: sha256 }) => sha256)
    : [];

/**
 * Removes the manifests that only plans over for a week name: expired, and with no operation but ones that succeeded or were cancelled.
 * A failed operation may be resumed and reads them again. What no plan here names stays: it may be another division's, or of a plan that
 * is just being made; so does what was kept anew within the week. Returns how many went. [INTERNAL when the disk refuses]
 */
export async function forgetManifests(snapshotDirectory: string, claims: Claims): Promise<number> {
  const { plans, operations, now, wallMs } = claims;
  const isLongAgo = (at: string | undefined): boolean => at !== undefined && Date.parse(at) + KEPT_MS < now;
  const open = operations.filter(
    ({ status, finished_at: at }) => !((status === 'succeeded' || status === 'cancelled') && isLongAgo(at)),
  );
  const readable = new Set(plans.map(({ plan_hash: hash }) => hash));
  // What an operation with an unreadable plan needs is not known.
  if (open.some(({ plan_hash: hash }) => !readable.has(hash))) return 0;
  const openPlans = new Set(open.map(({ plan_hash: hash }) => hash));
  const isOver = (plan: Plan): boolean => isLongAgo(plan.expires_at) && !openPlans.has(plan.plan_hash);
  const needed = new Set(plans.filter(plan => !isOver(plan)).flatMap(manifestsOf));
  const over = new Set(plans.filter(isOver).flatMap(manifestsOf));
  const files = openPrivateFiles(snapshotDirectory);
  let gone = 0;
  for (const path of [...over].filter(sha256 => !needed.has(sha256)).map(sha256 => files.pathOf(sha256))) {
    try {
      if ((await stat(path)).mtimeMs + KEPT_MS >= wallMs) continue;
      await diskFileSystem.remove(path);
      gone += 1;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw diskError(error, 'remove', path);
    }
  }
  return gone;
}
