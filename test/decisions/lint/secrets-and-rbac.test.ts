import { test as lawTest } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { container, ids, lint, manifest } from './linted.ts';

const VALUE = 'hunter2-Zq9';
/** Filled in elsewhere. */
const REFERENCE = `$${'{DB_PASSWORD}'}`;
const configMap = (data: Record<string, string>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web' },
  data,
});
const of = (data: Record<string, string>) => lint(manifest(configMap(data)));

describe('R311: no secret in a ConfigMap', () => {
  it.each([
    ['password', VALUE],
    ['DB_PASSWORD', VALUE],
    ['db.password', VALUE],
    ['dbPassword', VALUE],
    ['API_KEY', VALUE],
    ['apiKey', VALUE],
    ['AWS_SECRET_ACCESS_KEY', VALUE],
    ['client-secret', VALUE],
    ['GITHUB_TOKEN', VALUE],
    ['key.pem', `-----BEGIN RSA PRIVATE KEY-----\n${VALUE}\n-----END RSA PRIVATE KEY-----`],
    ['url', `postgres://app:${VALUE}@db:5432/shop`],
    ['note', `ghp_${'a1B2'.repeat(9)} ${VALUE}`],
    ['note', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0K.${VALUE}${VALUE}`],
    ['app.properties', `host=db\ndb.password=${VALUE}\n`],
    ['settings.yaml', `db:\n  user: app\n  password: "${VALUE}"\n`],
    ['config.json', `{\n  "token": "${VALUE}",\n  "a": 1\n}`],
    ['.env', `export SECRET=${VALUE}\n`],
  ])('%s is found, blocks, and its value is nowhere in the findings', (key, value) => {
    const findings = of({ [key]: value, 'log.level': 'info' });
    expect(ids(findings)).toEqual(['secret_in_configmap']);
    expect(findings[0]).toMatchObject({ severity: 'error', blocks: true, path: `data[${key}]` });
    expect(JSON.stringify(findings)).not.toContain(VALUE);
  });

  it.each([
    ['password', ''],
    ['password', REFERENCE],
    ['password', '$(DB_PASSWORD)'],
    ['password', '{{ .Values.password }}'],
    ['password', '<set by operator>'],
    ['token', '/var/run/secrets/kubernetes.io/token'],
    ['password_file', '/etc/db/password'],
    ['tokens', '4096'],
    ['max_tokens_per_day', '15000'],
    ['use_password', 'true'],
    ['secretName', 'web-tls'],
    ['tokenizer', 'words'],
    ['passage', 'a text'],
    ['ca.crt', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    ['url', 'https://example.com:8443/path'],
    ['app.properties', `password.min.length=12\npassword=${REFERENCE}\n`],
    ['script.sh', 'if [ -z "$TOKEN" ]; then exit 1; fi\n'],
    ['image', `web@sha256:${'a1'.repeat(32)}`],
  ])('%s: %s is no secret', (key, value) => {
    expect(of({ [key]: value })).toEqual([]);
  });

  it('reads binaryData too', () => {
    const object = { ...configMap({}), binaryData: { a: Buffer.from(`password=${VALUE}`).toString('base64') } };
    expect(ids(lint(manifest(object)))).toEqual(['secret_in_configmap']);
  });

  it('finds one that is written out as a variable of a container, not one that is referred to', () => {
    const env = [
      { name: 'DB_PASSWORD', value: VALUE },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'web', key: 'token' } } },
      { name: 'SECRET', value: '$(TOKEN)' },
    ];
    const findings = lint(manifest(container({ env }))).filter(({ id }) => id === 'secret_in_env');
    expect(findings.map(({ path }) => path)).toEqual(['spec.template.spec.containers[0].env[0].value']);
    expect(JSON.stringify(findings)).not.toContain(VALUE);
  });

  lawTest.prop([
    fc.constantFrom('password', 'API_TOKEN', 'client.secret', 'note', 'app.conf'),
    fc.string({ minLength: 8, maxLength: 30, unit: fc.constantFrom(...Array.from('abcdefgh23456789')) }),
    fc.constantFrom(
      (value: string) => value,
      (value: string) => `password=${value}`,
      (value: string) => `x://u:${value}@h`,
    ),
  ])('no finding ever holds a value', (key, secret, wrap) => {
    const marked = `Zz${secret}Zz`;
    expect(JSON.stringify(of({ [key]: wrap(marked) }))).not.toContain(marked);
  });
});

const rbac = (kind: string, more: object): object => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name: 'web' },
  ...more,
});
const role = (rule: object): object => rbac('Role', { rules: [rule] });
const binding = (roleRef: object, subject: object): object =>
  rbac('ClusterRoleBinding', { roleRef: { kind: 'ClusterRole', ...roleRef }, subjects: [subject] });
const account = { kind: 'ServiceAccount', name: 'web', namespace: 'shop' };

describe('R310 R201: least privilege', () => {
  it.each<[string, object, string[]]>([
    ['what it needs', role({ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }), []],
    ['every verb', role({ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }), ['rbac_wildcard']],
    ['every resource', role({ apiGroups: ['apps'], resources: ['*'], verbs: ['get'] }), ['rbac_wildcard']],
    ['every group', role({ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }), ['rbac_wildcard']],
    ['every path', rbac('ClusterRole', { rules: [{ nonResourceURLs: ['*'], verbs: ['get'] }] }), ['rbac_wildcard']],
    [
      'rights beyond its own',
      role({ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] }),
      ['rbac_escalation'],
    ],
    ['every Secret', role({ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }), ['rbac_all_secrets']],
    ['one Secret', role({ apiGroups: [''], resources: ['secrets'], resourceNames: ['web'], verbs: ['get'] }), []],
    ['cluster-admin', binding({ name: 'cluster-admin' }, account), ['rbac_cluster_admin']],
    ['a role of its own', binding({ name: 'web' }, account), []],
    ['everybody', binding({ name: 'view' }, { kind: 'Group', name: 'system:authenticated' }), ['rbac_everyone']],
    ['nobody known', binding({ name: 'view' }, { kind: 'User', name: 'system:anonymous' }), ['rbac_everyone']],
    ['masters', binding({ name: 'view' }, { kind: 'Group', name: 'system:masters' }), ['rbac_cluster_admin']],
  ])('%s', (_title, object, expected) => {
    expect(ids(lint(manifest(object)))).toEqual(expected);
  });
});
