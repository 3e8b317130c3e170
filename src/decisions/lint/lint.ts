import type { ManifestObject } from '../manifest/read-manifest.ts';
import { byCodePoint } from '../verdict.ts';
import { lintDisruptionBudgets } from './disruption-budgets.ts';
import { type LintContext, type LintFinding, named, namespaceOf, type Rule } from './finding.ts';
import { lintImages } from './images.ts';
import { lintNetworkPolicies } from './network-policies.ts';
import { lintPlacement } from './placement.ts';
import { lintPodSecurity } from './pod-security.ts';
import { lintProbes } from './probes.ts';
import { lintRbac } from './rbac.ts';
import { lintResources } from './resources.ts';
import { lintRules, type Severity } from './rules.ts';
import { lintSecrets } from './secrets.ts';
import { lintSpread } from './spread.ts';

export type { LintContext, LintFinding } from './finding.ts';
export { deniedNamespaces } from './network-policies.ts';
export { type LintRuleId, lintRules } from './rules.ts';

const RULES: readonly Rule[] = [
  lintSecrets,
  lintRbac,
  lintPodSecurity,
  lintResources,
  lintImages,
  lintPlacement,
  lintProbes,
  lintDisruptionBudgets,
  lintSpread,
  lintNetworkPolicies,
];

const RANK: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/**
 * Every finding of a manifest at once, the gravest first, then by place (R172, R304 to R311). `blocked`: nothing of it may be
 * deployed while one that blocks stands. No finding quotes a value that may be a secret.
 */
export function lintManifest(
  objects: readonly ManifestObject[],
  context: LintContext,
): { findings: LintFinding[]; blocked: boolean } {
  const findings = RULES.flatMap(rule => rule(objects, context)).map(
    ({ id, object, path, message, fix }): LintFinding => ({
      id,
      ...lintRules[id],
      object: named(object, context),
      ref: { ...object.ref, namespace: namespaceOf(object, context) },
      line: object.line,
      path,
      message,
      fix,
    }),
  );
  findings.sort(
    (left, right) =>
      Number(right.blocks) - Number(left.blocks) ||
      RANK[left.severity] - RANK[right.severity] ||
      left.line - right.line ||
      byCodePoint(left.path, right.path),
  );
  return { findings, blocked: findings.some(({ blocks }) => blocks) };
}
