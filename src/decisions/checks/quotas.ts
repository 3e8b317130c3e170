import type { NamespaceFacts } from '../../model/workload-facts.ts';
import { quantityMillis } from '../quantity.ts';
import { type Check, type CheckIssue, headlineOf, issueOf, percentOf } from './check.ts';

/** Full enough that the next deployment may be refused. */
const FULL_PERCENT = 90;
/** So empty that it holds room nobody uses. */
const EMPTY_PERCENT = 20;
const SUGGESTED_SHARE = 1.25;

interface QuotaLine {
  quota: string;
  resource: string;
  hard: string;
  used: string;
  percent: number;
  suggestion?: string;
}

function linesOf({ name: namespace, quotas }: NamespaceFacts): QuotaLine[] {
  return quotas.flatMap(({ name, hard, used }) =>
    Object.entries(hard).flatMap(([resource, limit]) => {
      const [most, now] = [quantityMillis(limit), quantityMillis(used[resource] ?? '0')];
      const percent = most === undefined || now === undefined ? undefined : percentOf(now, most);
      if (percent === undefined) return [];
      const line = { quota: `${namespace}/${name}`, resource, hard: limit, used: used[resource] ?? '0', percent };
      if (percent >= FULL_PERCENT)
        return [{ ...line, suggestion: `raise ${resource} to about ${SUGGESTED_SHARE} of what is used, or free some` }];
      return [percent < EMPTY_PERCENT ? { ...line, suggestion: `${resource} may be lowered` } : line];
    }),
  );
}

/** Quotas with what is used of them and what may be changed (ledger R130); nothing is changed. */
export function checkQuotas(namespaces: readonly NamespaceFacts[]): Check {
  const rule = 'R130: resource quotas';
  const lines = namespaces.flatMap(linesOf);
  const issues = lines.flatMap((line): CheckIssue[] =>
    line.percent >= FULL_PERCENT
      ? [
          issueOf(
            'warning',
            rule,
            line.quota,
            `${line.quota}: ${line.used} of ${line.hard} ${line.resource} used, ${line.percent}%`,
          ),
        ]
      : [],
  );
  const quotas = new Set(lines.map(({ quota }) => quota)).size;
  return {
    issues,
    headline: headlineOf(`${quotas} quotas in ${namespaces.length} namespaces`, issues),
    figures: { quotas, lines: lines.slice(0, 50) },
  };
}
