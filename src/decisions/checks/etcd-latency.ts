import { type Check, headlineOf, issueOf, unknownIssue } from './check.ts';

/**
 * Latency of reads through etcd, as requests of the API server see it, way there included: an upper bound of etcd's own, so what is
 * in time here is in time there (ledger R125: strictly more than `limitMs` is a warning). Judged by the median: one slow read is none.
 */
export function checkEtcdLatency(latenciesMs: readonly number[], limitMs: number): Check {
  const sorted = latenciesMs.toSorted((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  const measure = 'request latency, median of reads through the API server';
  if (median === undefined) {
    return {
      issues: [unknownIssue('etcd', 'no read was answered')],
      headline: 'etcd latency unknown',
      figures: { measure },
    };
  }
  const shown = Math.round(median * 10) / 10;
  const issues =
    median > limitMs
      ? [
          issueOf(
            'warning',
            'R125: etcd latency',
            'etcd',
            `reads through etcd take ${shown} ms, over ${limitMs} ms (${measure})`,
          ),
        ]
      : [];
  return {
    issues,
    headline: headlineOf(`etcd reads take ${shown} ms`, issues),
    figures: { latency_ms: shown, measure },
  };
}
