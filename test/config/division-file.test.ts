import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { newUser, smallDivision, type User } from './fixture.ts';

let user: User;
beforeEach(async () => {
  user = await newUser();
});

async function refusal(text: string) {
  const divisionFile = await user.write('division.yaml', text);
  return user.refused({ divisionFile, home: user.home });
}

async function loaded(text: string) {
  const divisionFile = await user.write('conf/division.yaml', text);
  return user.load({ divisionFile, home: user.home });
}

describe('a division file', () => {
  test('gets its defaults, and a real cluster starts as observe', async () => {
    const config = await loaded(smallDivision);
    expect(config.simulated).toBe(false);
    expect(config.clusters).toEqual([
      {
        name: 'prod',
        mode: 'observe',
        environment: 'production',
        simulated: false,
        kubernetes: { kubeconfig: join(user.home, '.kube/config'), context: 'admin@prod', servers: [] },
        talos: {
          contractor: 'talos',
          talosconfig: join(user.home, '.talos/config'),
          context: 'prod',
          endpoints: ['10.0.0.2'],
        },
        installer: 'factory.talos.dev/metal-installer/{schematic}:{version}',
        windows: [],
      },
    ]);
    expect(config.thresholds.certificate_days).toBe(30);
  });

  test('may say paths from ~ or from its own folder', async () => {
    const config = await loaded(`
clusters:
  prod:
    kubernetes: {context: a, kubeconfig: ./kube.yaml}
    talos: {context: b, endpoints: [10.0.0.2], talosconfig: ~/t}
snapshot_dir: ../snapshots
`);
    expect(config.clusters[0]?.kubernetes.kubeconfig).toBe(user.path('conf/kube.yaml'));
    expect(config.clusters[0]?.talos.talosconfig).toBe(join(user.home, 't'));
    expect(config.snapshotDirectory).toBe(user.path('snapshots'));
  });

  test('R43: says where the division’s day turns; UTC by default', async () => {
    expect((await loaded(smallDivision)).timezone).toBe('UTC');
    expect((await loaded(`${smallDivision}\ntimezone: Europe/Berlin\n`)).timezone).toBe('Europe/Berlin');
    const { message } = await refusal(`${smallDivision}\ntimezone: Europe/Nowhere\n`);
    expect(message).toContain('timezone: give an IANA time zone, e.g. Europe/Berlin');
  });

  test('R49: has categories that add up to its daily tokens', async () => {
    const { message } = await refusal(`${smallDivision}\nbudget: {daily_tokens: 20000}\n`);
    expect(message).toContain('budget.daily_tokens: is 20000, and the categories add up to 15000: make them equal');
    const more = 'budget: {daily_tokens: 20000, categories: {supervision: 13000}}';
    expect((await loaded(`${smallDivision}\n${more}\n`)).budget.categories.supervision).toBe(13_000);
  });

  test('with many mistakes is told all of them, each with line, path and fix', async () => {
    const error = await refusal(`clusters:
  prod:
    mod: operate
    mode: active
    kubernetes: {context: 5}
    talos:
      endpoints: []
  Prod_2: {}
thresholds: {node_cpu_percent: high}
budgets: {}
`);
    expect(error).toMatchObject({
      code: 'INPUT_INVALID',
      exitCode: 2,
      remedy: expect.stringContaining('division.yaml'),
    });
    for (const words of [
      'line 3, clusters.prod.mod: unknown key: did you mean "mode"?',
      'line 4, clusters.prod.mode: give one of observe, operate',
      'line 5, clusters.prod.kubernetes.context: give a text',
      'clusters.prod.talos.context: is missing: give a text',
      'line 7, clusters.prod.talos.endpoints: list at least 1',
      'line 8, clusters.Prod_2: this name is not allowed',
      'line 9, thresholds.node_cpu_percent: give a number',
      'line 10, budgets: unknown key: did you mean "budget"?',
    ]) {
      expect(error.message).toContain(words);
    }
    expect(error.message).toContain('has 8 problems');
  });

  test.each([
    ['broken', 'clusters:\n  prod: {a: 1\n  x: y: z\n', /line \d+, column \d+: /],
    ['a key twice', 'clusters: {}\nclusters: {}\n', /line 2, column 1: duplicate key/],
    ['an alias to nothing', 'clusters: *gone\n', /alias/],
    ['empty', '', /clusters: is missing/],
    ['a list', '- a\n', /the file: give a mapping/],
    ['without clusters', 'clusters: {}\n', /clusters: name at least one cluster/],
  ])('that is %s is refused', async (_title, text, message) => {
    expect(await refusal(text)).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  test.each([
    ['context: prod', 'context: --insecure', 'clusters.prod.talos.context'],
    ['[10.0.0.2]', '["-n"]', 'clusters.prod.talos.endpoints'],
    ['admin@prod', '"a b"', 'clusters.prod.kubernetes.context'],
  ])('with %s as %s is refused: no value may become an option', async (good, bad, path) => {
    const error = await refusal(smallDivision.replace(good, bad));
    expect(error.message).toContain(path);
  });

  test('whose installer has no place for the version is refused', async () => {
    const error = await refusal(`${smallDivision}    installer: ghcr.io/siderolabs/installer:v1.13.9\n`);
    expect(error.message).toMatch(/line 6, clusters\.prod\.installer: write \{version\}/);
  });

  test('that names a contractor nobody knows is refused, with those there are', async () => {
    const error = await refusal(smallDivision.replace('talos: {', 'talos: {contractor: other, '));
    expect(error.message).toContain('clusters.prod.talos.contractor "other": mcp.json names no such contractor');
    expect(error.remedy).toContain('talos');
  });

  test('never has its values repeated in an error: they may be secrets', async () => {
    const error = await refusal(
      'clusters: {}\nprincipals: [{name: a, role: coo, token_sha256: [hunter2]}]\nx: hunter2\n',
    );
    expect(error.message).toContain('principals[0].token_sha256');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

describe('SAFETY 10: the folder of snapshots', () => {
  const inside = 'coordination/divisions/containers';

  test('inside the division directory is refused', async () => {
    const error = await refusal(`${smallDivision}snapshot_dir: ~/${inside}/snapshots\n`);
    expect(error.message).toMatch(/snapshot_dir .* is inside the division directory/);
  });

  test('inside it by way of a link is refused too', async () => {
    await mkdir(join(user.home, inside), { recursive: true });
    await symlink(join(user.home, inside), user.path('link'));
    const error = await refusal(`${smallDivision}snapshot_dir: ./link/deep\n`);
    expect(error.message).toContain('is inside the division directory');
  });

  test('for files with secrets it is secrets in the home directory, or another one outside the division directory', async () => {
    expect((await loaded(smallDivision)).secretsDirectory).toBe(join(user.home, 'secrets'));
    expect((await loaded(`${smallDivision}secrets_dir: ../private\n`)).secretsDirectory).toBe(user.path('private'));
    const error = await refusal(`${smallDivision}secrets_dir: ~/${inside}/secrets\n`);
    expect(error.message).toMatch(/secrets_dir .* is inside the division directory/);
  });
});

describe('federations', () => {
  test('are named sets of the clusters there are; none by default', async () => {
    expect((await loaded(smallDivision)).federations).toEqual({});
    const { federations } = await loaded(`${smallDivision}federations: {all: {clusters: [prod]}}\n`);
    expect(federations).toEqual({ all: ['prod'] });
  });

  test('of a cluster that is not there, or of none, are refused with the line and the ones there are', async () => {
    const unknown = await refusal(`${smallDivision}federations: {all: {clusters: [prod, prd]}}\n`);
    expect(unknown.message).toMatch(
      /line \d+, federations\.all\.clusters: names prd, which clusters has not: use prod/,
    );
    expect((await refusal(`${smallDivision}federations: {all: {clusters: []}}\n`)).message).toContain(
      'federations.all',
    );
  });
});
