import type { LintContext } from '../../../src/decisions/lint/finding.ts';
import { type LintFinding, type LintRuleId, lintManifest } from '../../../src/decisions/lint/lint.ts';
import { readManifest } from '../../../src/decisions/manifest/read-manifest.ts';

export const empty: LintContext = {
  namespace: 'shop',
  namespaces: [{ name: 'shop', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }],
  denied: { ingress: ['shop'], egress: ['shop'] },
  budgets: [],
};

/** The findings of a manifest in YAML. */
export function lint(text: string, context: Partial<LintContext> = {}): LintFinding[] {
  const read = readManifest(text, 'shop');
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return lintManifest(read.objects, { ...empty, ...context }).findings;
}

export const ids = (findings: readonly LintFinding[]): LintRuleId[] =>
  [...new Set(findings.map(({ id }) => id))].sort();

export const CONTAINER = {
  name: 'web',
  image: 'registry.example/web:1.4.2',
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '256Mi' } },
  livenessProbe: { httpGet: { path: '/healthz', port: 8080 } },
  readinessProbe: { httpGet: { path: '/readyz', port: 8080 } },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

export const POD = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
    },
  ],
  containers: [CONTAINER],
};

export const LABELS = { 'app.kubernetes.io/name': 'web' };

/** A Deployment in which nothing is found, with other parts in it. */
export const deployment = (pod: object = {}, spec: object = {}, kind = 'Deployment'): Record<string, unknown> => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: LABELS },
    template: { metadata: { labels: LABELS }, spec: { ...POD, ...pod } },
    ...spec,
  },
});

export const budget = (spec: object = { maxUnavailable: 1 }, name = 'web'): Record<string, unknown> => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: LABELS }, ...spec },
});

export const policy = (spec: object, name = 'default-deny'): Record<string, unknown> => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec,
});

/** Objects as one manifest: JSON is YAML. */
export const manifest = (...objects: readonly object[]): string =>
  objects.map(object => JSON.stringify(object)).join('\n---\n');

/** With one container changed. */
export const container = (change: object): Record<string, unknown> =>
  deployment({ containers: [{ ...CONTAINER, ...change }] });
