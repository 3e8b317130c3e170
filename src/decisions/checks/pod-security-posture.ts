import type { NamespaceFacts } from '../../model/workload-facts.ts';
import { type Check, type CheckIssue, headlineOf, issueOf } from './check.ts';

const MODES = ['enforce', 'audit', 'warn'] as const;
const RULE = 'R13: policy posture';

/** Their pods are the cluster's own, which need what the standards forbid (ledger R177). */
const SYSTEM: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];

const levelOf = ({ labels }: NamespaceFacts, mode: (typeof MODES)[number]): string =>
  labels[`pod-security.kubernetes.io/${mode}`] ?? 'none';

/**
 * Which Pod Security Standard each namespace enforces, audits and warns by, for the Security Master (ledger R13, R97, R342). One that
 * enforces nothing is named and degrades nothing: that is for the Security Master to weigh. Nothing is changed.
 */
export function checkPodSecurityPosture(namespaces: readonly NamespaceFacts[]): Check {
  const asked = namespaces.filter(({ name, isTerminating }) => !SYSTEM.includes(name) && !isTerminating);
  const open = asked.filter(namespace => !['baseline', 'restricted'].includes(levelOf(namespace, 'enforce')));
  const issues = open.map((namespace): CheckIssue => {
    const level = levelOf(namespace, 'enforce');
    const message = `namespace ${namespace.name} enforces ${level === 'none' ? 'no Pod Security Standard' : `"${level}"`}`;
    return issueOf('info', RULE, namespace.name, message);
  });
  const told = open.length === 0 ? '' : `, ${open.length} without`;
  return {
    issues,
    headline: headlineOf(`${asked.length - open.length} namespaces enforce a Pod Security Standard${told}`, issues),
    figures: {
      exempt: SYSTEM,
      namespaces: asked.slice(0, 50).map(namespace => ({
        namespace: namespace.name,
        ...Object.fromEntries(MODES.map(mode => [mode, levelOf(namespace, mode)])),
      })),
    },
  };
}
