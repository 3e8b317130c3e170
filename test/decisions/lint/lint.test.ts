import { describe, expect, it } from 'vitest';
import { type LintRuleId, lintRules } from '../../../src/decisions/lint/lint.ts';
import { budget, CONTAINER, container, deployment, ids, LABELS, lint, manifest, policy } from './linted.ts';

const found = (...objects: readonly object[]): LintRuleId[] => ids(lint(manifest(...objects)));
/** Beside a budget: what is found is about the rest. */
const beside = (object: object): LintRuleId[] => found(object, budget());

describe('a manifest that keeps every practice', () => {
  it('has no finding', () => {
    expect(lint(manifest(deployment(), budget()))).toEqual([]);
  });

  it('says for every finding its severity, the seed’s line, the object, the path and the fix', () => {
    const findings = lint(manifest(deployment({ containers: [{ name: 'web' }], securityContext: {} })));
    expect(findings.length).toBeGreaterThan(8);
    for (const { id, severity, rule, object, path, message, fix, line, blocks } of findings) {
      expect({ severity, rule, blocks }).toEqual(lintRules[id]);
      expect(rule).toMatch(/^seed line \d+: /);
      expect(object).toBe('Deployment shop/web');
      expect([path, message, fix].every(text => text.length > 3)).toBe(true);
      expect(line).toBe(1);
    }
    const blocking = findings.map(({ blocks }) => blocks);
    expect(blocking).toEqual(blocking.toSorted((a, b) => Number(b) - Number(a)));
  });
});

describe('R304 R172: requests and limits', () => {
  const resources = (value: object): LintRuleId[] => beside(container({ resources: value }));
  it.each<[string, object, LintRuleId[]]>([
    ['none', {}, ['limits_missing', 'requests_missing']],
    ['limits alone: the API server takes them for requests', { limits: { cpu: '1', memory: '1Gi' } }, []],
    ['requests alone', { requests: { cpu: '1', memory: '1Gi' } }, ['limits_missing']],
    ['no memory', { requests: { cpu: '1' }, limits: { cpu: '1' } }, ['limits_missing', 'requests_missing']],
    [
      'a request above its limit',
      { requests: { cpu: '2', memory: '1Gi' }, limits: { cpu: 1, memory: '1Gi' } },
      ['request_above_limit'],
    ],
    [
      '1000m and 1 core: the same',
      { requests: { cpu: '1000m', memory: '1024Mi' }, limits: { cpu: 1, memory: '1Gi' } },
      [],
    ],
    [
      'no quantity',
      { requests: { cpu: 'lots', memory: '1Gi' }, limits: { cpu: '1', memory: '1GiB' } },
      ['quantity_invalid'],
    ],
    [
      'a negative quantity',
      { requests: { cpu: '-1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      ['quantity_invalid'],
    ],
  ])('%s', (_title, value, expected) => {
    expect(resources(value)).toEqual(expected);
  });

  it('of the pod stand for its containers', () => {
    const pod = { resources: { limits: { cpu: '1', memory: '1Gi' } }, containers: [{ ...CONTAINER, resources: {} }] };
    expect(beside(deployment(pod))).toEqual([]);
  });

  it('are not asked of an init container that ends, but of a sidecar', () => {
    const init = { ...CONTAINER, name: 'init', resources: {}, livenessProbe: undefined, readinessProbe: undefined };
    expect(beside(deployment({ initContainers: [init] }))).toEqual([]);
    const sidecar = { ...CONTAINER, name: 'init', resources: {}, restartPolicy: 'Always' };
    expect(beside(deployment({ initContainers: [sidecar] }))).toEqual(['limits_missing', 'requests_missing']);
  });
});

describe('R305: probes', () => {
  it('both are asked of every container that serves', () => {
    const bare = { livenessProbe: undefined, readinessProbe: null };
    expect(beside(container(bare))).toEqual(['liveness_missing', 'readiness_missing']);
  });

  it.each(['Job', 'CronJob'])('none is asked of a %s', kind => {
    const template = {
      metadata: { labels: LABELS },
      spec: {
        ...(deployment().spec as { template: { spec: object } }).template.spec,
        restartPolicy: 'Never',
        containers: [{ ...CONTAINER, livenessProbe: undefined, readinessProbe: undefined }],
      },
    };
    const spec = kind === 'Job' ? { template } : { jobTemplate: { spec: { template } } };
    expect(found({ apiVersion: 'batch/v1', kind, metadata: { name: 'a', labels: LABELS }, spec })).toEqual([]);
  });
});

describe('R306: disruption budgets', () => {
  it.each<[string, object[], LintRuleId[]]>([
    ['two replicas without', [deployment({}, { replicas: 2 })], ['budget_missing']],
    ['one replica needs none', [deployment({}, { replicas: 1 })], []],
    [
      'an autoscaler keeps two or more',
      [
        deployment({}, { replicas: undefined }),
        {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'a' },
          spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'web' } },
        },
      ],
      ['budget_missing'],
    ],
    [
      'of another namespace',
      [deployment(), { ...budget(), metadata: { name: 'web', namespace: 'other' } }],
      ['budget_missing', 'namespace_absent', 'namespace_other'],
    ],
    [
      'of other pods',
      [deployment(), budget({ maxUnavailable: 1, selector: { matchLabels: { app: 'x' } } })],
      ['budget_missing'],
    ],
    ['maxUnavailable 0', [deployment(), budget({ maxUnavailable: 0 })], ['budget_allows_none']],
    ['maxUnavailable 0%', [deployment(), budget({ maxUnavailable: '0%' })], ['budget_allows_none']],
    ['maxUnavailable 1% rounds up to one', [deployment(), budget({ maxUnavailable: '1%' })], []],
    ['minAvailable of all', [deployment(), budget({ minAvailable: 3 })], ['budget_allows_none']],
    [
      'minAvailable 67% rounds up to all of three',
      [deployment(), budget({ minAvailable: '67%' })],
      ['budget_allows_none'],
    ],
    ['minAvailable 66% leaves one of three', [deployment(), budget({ minAvailable: '66%' })], []],
    [
      'one replica with a budget that holds it',
      [deployment({}, { replicas: 1 }), budget({ minAvailable: 1 })],
      ['budget_allows_none'],
    ],
    [
      'two budgets for the same pods',
      [deployment(), budget(), budget({ maxUnavailable: 1 }, 'web-2')],
      ['budget_twice'],
    ],
  ])('%s', (_title, objects, expected) => {
    expect(found(...objects)).toEqual(expected);
  });

  it('the cluster’s own counts, unless the manifest replaces it', () => {
    const budgets = [{ namespace: 'shop', name: 'web', selector: { matchLabels: LABELS } }];
    expect(lint(manifest(deployment()), { budgets })).toEqual([]);
    expect(lint(manifest(deployment(), budget()), { budgets })).toEqual([]);
    expect(ids(lint(manifest(deployment(), budget({ maxUnavailable: 1 }, 'b')), { budgets }))).toEqual([
      'budget_twice',
    ]);
  });
});

describe('R307: spread', () => {
  const anti = (kind: string, labels: object): object => {
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
    const terms = kind.startsWith('preferred') ? [{ weight: 1, podAffinityTerm: term }] : [term];
    return { topologySpreadConstraints: undefined, affinity: { podAntiAffinity: { [kind]: terms } } };
  };
  it.each<[string, object, LintRuleId[]]>([
    ['nothing', { topologySpreadConstraints: undefined }, ['spread_missing']],
    ['required anti-affinity', anti('requiredDuringSchedulingIgnoredDuringExecution', LABELS), []],
    ['preferred anti-affinity', anti('preferredDuringSchedulingIgnoredDuringExecution', LABELS), []],
    [
      'from other pods only',
      anti('requiredDuringSchedulingIgnoredDuringExecution', { app: 'x' }),
      ['spread_of_others'],
    ],
  ])('%s', (_title, pod, expected) => {
    expect(beside(deployment(pod))).toEqual(expected);
  });
});

describe('R308: default deny', () => {
  const open = { denied: { ingress: [], egress: [] } };
  const check = (...policies: object[]): LintRuleId[] => ids(lint(manifest(deployment(), budget(), ...policies), open));
  it.each<[string, object[], LintRuleId[]]>([
    ['no policy', [], ['default_deny_missing']],
    ['both directions', [policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })], []],
    ['a policy for each', [policy({ podSelector: {} }), policy({ podSelector: {}, policyTypes: ['Egress'] }, 'b')], []],
    ['ingress alone', [policy({ podSelector: {} })], ['default_deny_missing']],
    [
      'of some pods',
      [policy({ podSelector: { matchLabels: { a: 'b' } }, policyTypes: ['Ingress', 'Egress'] })],
      ['default_deny_missing'],
    ],
    [
      'one that allows',
      [policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}] })],
      ['default_deny_missing'],
    ],
  ])('%s', (_title, policies, expected) => {
    expect(check(...policies)).toEqual(expected);
  });
});

describe('images, places and labels (R317)', () => {
  it.each<[string, string | undefined, LintRuleId[]]>([
    ['no tag', 'registry:5000/web', ['image_not_pinned']],
    ['latest', 'web:latest', ['image_not_pinned']],
    ['a tag', 'registry:5000/web:1', []],
    ['a digest', `web@sha256:${'a'.repeat(64)}`, []],
    ['none', undefined, ['image_missing']],
  ])('an image with %s', (_title, image, expected) => {
    expect(beside(container({ image }))).toEqual(expected);
  });

  const placed = (namespace: string | undefined): object => ({
    ...deployment({}, { replicas: 1 }),
    metadata: { name: 'web', ...(namespace !== undefined && { namespace }) },
  });
  it.each<[string, object, object, LintRuleId[]]>([
    ['no namespace', placed(undefined), { namespace: undefined }, ['namespace_missing']],
    [
      'kube-system',
      placed('kube-system'),
      { namespaces: [{ name: 'kube-system', labels: {} }] },
      ['default_deny_missing', 'namespace_not_restricted', 'namespace_of_system'],
    ],
    ['one that does not exist', placed('new'), { namespace: 'new' }, ['default_deny_missing', 'namespace_absent']],
    [
      'one without pod security',
      placed('shop'),
      { namespaces: [{ name: 'shop', labels: {} }] },
      ['namespace_not_restricted'],
    ],
  ])('an object in %s', (_title, object, context, expected) => {
    expect(ids(lint(manifest(object), context))).toEqual(expected);
  });

  it('a selector that misses its own pods, and a Service that means none, are found', () => {
    const other = { selector: { matchLabels: { app: 'x' } } };
    expect(beside(deployment({}, other))).toEqual(['selector_mismatch']);
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'x' } } };
    expect(found(deployment(), budget(), service)).toEqual(['service_selects_nothing']);
  });

  it('a kind that no rule knows is told, and blocks nothing', () => {
    const [finding] = lint('apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a, uid: u}\n');
    expect(finding).toMatchObject({ severity: 'info', blocks: false });
  });
});
