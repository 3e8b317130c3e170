/** What is known now, for a prompt: bounded in time, and an answer also when clusters do not. */

import type { HealthIssue } from '../decisions/cluster-health.ts';
import { withDeadline } from '../host/deadline.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';
import { type ClusterLine, clusterSentence, divisionHealth } from '../views/health-view.ts';
import { fenced } from '../views/wording.ts';

/** A prompt answers even when clusters do not. */
const FACTS_DEADLINE_MS = 10_000;

/** Shorter than in a result: a prompt is read whole, each time. */
const FACT_CHARACTERS_MAX = 220;

export const fact = (text: string): string => fenced(text, FACT_CHARACTERS_MAX);

/** When facts are waited for no longer. */
export interface Deadline {
  /** Ends with the caller's own signal, or when it is late. */
  within: AbortSignal;
  asked: AbortSignal;
  late: Promise<undefined>;
}

export function deadlineOf(asked: AbortSignal): Deadline {
  const within = withDeadline(asked, FACTS_DEADLINE_MS);
  const late = new Promise<undefined>(resolve => {
    within.addEventListener('abort', () => resolve(undefined), { once: true });
    if (within.aborted) resolve(undefined);
  });
  return { within, asked, late };
}

/** What `reading` gives in time, else undefined. Rethrows what the caller's own signal ended. */
export async function unlessLate<Value>(
  reading: Promise<Value>,
  { within, asked, late }: Deadline,
): Promise<Value | undefined> {
  const inTime = reading.catch((error: unknown) => {
    if (within.aborted && !asked.aborted) return undefined;
    throw error;
  });
  const value = await Promise.race([inTime, late]);
  asked.throwIfAborted();
  return value;
}

const severities: readonly HealthIssue['severity'][] = ['critical', 'warning'];

/** A sentence for each cluster, then the worst issues; what could not be read in time is unknown, never healthy. */
export async function clusterFacts(
  front: FrontEnd,
  clusters: readonly ClusterPorts[],
  deadline: Deadline,
): Promise<{ clusters: string[]; issues: string[] }> {
  const readings = await Promise.all(
    clusters.map(async ports => ({
      name: ports.config.name,
      health: await unlessLate(divisionHealth(front, [ports], deadline.within), deadline),
    })),
  );
  const lines = readings.map(({ name, health }): [string, ClusterLine | undefined] => [name, health?.clusters[0]]);
  const issues = readings.flatMap(({ health }) => health?.issues ?? []);
  return {
    clusters: lines.map(([name, line]) =>
      line ? clusterSentence(line) : `${name}: unknown, it did not answer in time`,
    ),
    issues: severities.flatMap(severity =>
      issues
        .filter(issue => issue.severity === severity)
        .map(issue => `${severity}, ${issue.cluster}: ${issue.message}`),
    ),
  };
}

/** The first `count` of them, and how many more there are. */
export function firstFew(lines: readonly string[], count: number): string[] {
  return lines.length <= count ? [...lines] : [...lines.slice(0, count), `and ${lines.length - count} more`];
}

/** What a prompt may have, in tokens. */
export const PROMPT_TOKENS_MAX = 1500;
