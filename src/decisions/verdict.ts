import type { Finding } from '../model/plan.ts';

/** A yes or no with its reason and the rule it follows from (SAFETY n, a KEP, Kubernetes' or etcd's own behaviour). */
export interface Verdict {
  ok: boolean;
  reason: string;
  rule: string;
}

/** A finding without its cluster: what a decision about one cluster answers before it is put beside others'. */
export type LocalFinding = Omit<Finding, 'cluster'>;

/** The findings of one cluster, with its name. */
export const inCluster = (cluster: string, findings: readonly LocalFinding[]): Finding[] =>
  findings.map(finding => ({ ...finding, cluster }));

/** What one part of a preflight says about one cluster. */
export interface Judgement {
  blocked: readonly LocalFinding[];
  warnings: readonly LocalFinding[];
}

/** Order of names that no locale changes. */
export const byCodePoint = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** A new array, ordered by the text `key` gives. */
export const sortedBy = <T>(items: readonly T[], key: (item: T) => string): T[] =>
  [...items].sort((left, right) => byCodePoint(key(left), key(right)));

/** The items by the text `key` gives, groups in the order of that text. */
export function groupedBy<T, Key extends string>(items: readonly T[], key: (item: T) => Key): [Key, T[]][] {
  const groups = new Map<Key, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return sortedBy([...groups], ([name]) => name);
}

/** "a, b, c and 4 more": names of at most `limit` items. */
export function nameSome(names: readonly string[], limit = 5): string {
  const shown = names.slice(0, limit).join(', ');
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
