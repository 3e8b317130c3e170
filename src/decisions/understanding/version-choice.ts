/** Which version a number means, and whether a cluster may go there: one minor at a time, never down (seed 710; R328). */
import { talosMinors } from '../versions.ts';
import type { KnownCluster } from './model.ts';

export type Product = 'kubernetes' | 'talos';

interface Parts {
  major: number;
  minor: number;
  /** Absent in "v1.29". */
  patch: number | undefined;
}

function partsOf(version: string | undefined): Parts | undefined {
  const found = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(version ?? '');
  if (found === null) return undefined;
  return {
    major: Number(found[1]),
    minor: Number(found[2]),
    patch: found[3] === undefined ? undefined : Number(found[3]),
  };
}

const runningOf = (product: Product, cluster: KnownCluster): string | undefined =>
  product === 'talos' ? cluster.talosVersion : cluster.kubernetesVersion;

type Step = 'ok' | 'down' | 'too_far' | 'other_major';

function stepBetween(from: Parts, to: Parts): Step {
  if (from.major !== to.major) return 'other_major';
  const isLower =
    to.minor < from.minor || (to.minor === from.minor && to.patch !== undefined && to.patch < (from.patch ?? 0));
  if (isLower) return 'down';
  return to.minor > from.minor + 1 ? 'too_far' : 'ok';
}

function isReachable(product: Product, cluster: KnownCluster, to: Parts): boolean | undefined {
  const from = partsOf(runningOf(product, cluster));
  return from === undefined ? undefined : stepBetween(from, to) === 'ok';
}

/** How many minors away; a version this much nearer to the one is not meant for the other. */
const CLEARLY_NEARER_MINORS = 4;

function nearer(cluster: KnownCluster, to: Parts): Product | undefined {
  const [kubernetes, talos] = [partsOf(cluster.kubernetesVersion), partsOf(cluster.talosVersion)];
  if (kubernetes === undefined || talos === undefined) return undefined;
  const difference = Math.abs(talos.minor - to.minor) - Math.abs(kubernetes.minor - to.minor);
  if (Math.abs(difference) < CLEARLY_NEARER_MINORS) return undefined;
  return difference > 0 ? 'kubernetes' : 'talos';
}

/** The product that every cluster could be brought to this version of; undefined when both or none could. */
export function productOf(clusters: readonly KnownCluster[], version: string): Product | undefined {
  const to = partsOf(version);
  if (to === undefined || clusters.length === 0) return undefined;
  const choices = new Set(
    clusters.map(cluster => {
      const [kubernetes, talos] = [isReachable('kubernetes', cluster, to), isReachable('talos', cluster, to)];
      if (kubernetes === undefined || talos === undefined) return undefined;
      if (kubernetes !== talos) return kubernetes ? 'kubernetes' : 'talos';
      return kubernetes ? undefined : nearer(cluster, to);
    }),
  );
  const [choice] = choices;
  return choices.size === 1 ? choice : undefined;
}

const latestTalos = (minor: number): string | undefined =>
  talosMinors.find(known => known.minor === `1.${minor}`)?.latest;

/** Versions the clusters could go to next. */
export function targetCandidates(product: Product, clusters: readonly KnownCluster[]): string[] {
  const values = clusters.flatMap(cluster => {
    const running = partsOf(runningOf(product, cluster));
    if (running === undefined) return [];
    if (product === 'kubernetes') return [`v${running.major}.${running.minor + 1}`];
    return [latestTalos(running.minor), latestTalos(running.minor + 1)].filter(version => version !== undefined);
  });
  return [...new Set(values)];
}

type Judged =
  | { outcome: 'refused'; reason: string; rule: string }
  | { outcome: 'unsure'; field: 'to_version' | 'request'; reason: string; values: readonly string[] };

const RULE = 'one minor at a time, never down (seed 710; R328; SAFETY 10)';

function refusedStep(step: Step, from: string, to: string): Judged | undefined {
  const reasons: Partial<Record<Step, string>> = {
    down: `${from} to ${to} is a downgrade`,
    too_far: `${from} to ${to} is more than one minor`,
    other_major: `${from} to ${to} is another major version`,
  };
  const reason = reasons[step];
  return reason === undefined ? undefined : { outcome: 'refused', reason, rule: RULE };
}

/** Undefined when nothing speaks against it; `stated` is the version it was said to come from. */
export function judgePath(
  product: Product,
  cluster: KnownCluster | undefined,
  target: string,
  stated: string | undefined,
): Judged | undefined {
  const to = partsOf(target);
  const [from, said] = [partsOf(cluster && runningOf(product, cluster)), partsOf(stated)];
  if (to === undefined) return undefined;
  if (said !== undefined && stated !== undefined) {
    const refused = refusedStep(stepBetween(said, to), stated, target);
    if (refused !== undefined) return refused;
  }
  const running = cluster && runningOf(product, cluster);
  if (from !== undefined && running !== undefined && cluster !== undefined) {
    const refused = refusedStep(stepBetween(from, to), `${cluster.name}: ${running}`, target);
    if (refused !== undefined) return refused;
    const isOther =
      said !== undefined && (said.minor !== from.minor || (said.patch !== undefined && said.patch !== from.patch));
    if (isOther)
      return {
        outcome: 'unsure',
        field: 'request',
        reason: `${cluster.name} runs ${running}, not ${stated}`,
        values: [],
      };
  }
  if (product === 'talos' && to.patch === undefined) {
    const latest = to.major === 1 ? latestTalos(to.minor) : undefined;
    return {
      outcome: 'unsure',
      field: 'to_version',
      reason: 'a full Talos version is needed',
      values: latest === undefined ? [] : [latest],
    };
  }
  return undefined;
}
