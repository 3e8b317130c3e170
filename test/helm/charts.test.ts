import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCharts } from '../../src/helm/charts.ts';
import { fakeHelm } from './fake-helm.ts';

const live = new AbortController().signal;
const request = { chart: 'stable/shop', version: '1.2.3', release: 'shop', namespace: 'web' };
const rendered = '---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n';

function isHelmThere(): boolean {
  try {
    execFileSync('helm', ['version', '--short'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

describe('rendering a chart', () => {
  it('R341: is helm template without a shell; values go by standard input alone, and nothing leads it to a cluster', async () => {
    const helm = fakeHelm(`print(${JSON.stringify(rendered)})`);
    const environment = {
      ...process.env,
      KUBECONFIG: '/of/its/user/kubeconfig',
      HELM_KUBETOKEN: 'x',
      AWS_SECRET: 'y',
      HELM_CACHE_HOME: '/c',
    };
    const charts = openCharts({ executable: helm.executable, environment });
    const values = 'password: hunter2 $(id)\n';
    expect(await charts.render({ ...request, values, kubernetesVersion: 'v1.34.1' }, live)).toBe(rendered);
    const seen = helm.seen();
    expect(seen.argv).toEqual([
      'template',
      '--include-crds',
      '--values=-',
      '--namespace=web',
      '--version=1.2.3',
      '--kube-version=v1.34.1',
      '--',
      'shop',
      'stable/shop',
    ]);
    expect(seen.values).toBe(values);
    expect(seen.environment).toMatchObject({ KUBECONFIG: '/dev/null', HELM_CACHE_HOME: '/c' });
    expect(seen.environment).not.toHaveProperty('HELM_KUBETOKEN');
    expect(seen.environment).not.toHaveProperty('AWS_SECRET');
  });

  it('without helm says what to do', async () => {
    const charts = openCharts({ executable: '/nowhere/helm' });
    await expect(charts.render(request, live)).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
      remedy: expect.stringMatching(/install helm .*give manifests/),
    });
  });

  it('that fails tells what helm said, without values and secrets', async () => {
    const helm = fakeHelm(
      `fail('execution error at (shop/templates/a.yaml:3:4): ' + values + ' Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789')`,
    );
    const charts = openCharts({ executable: helm.executable });
    const error = await charts.render({ ...request, values: 'db: {word: hunter2}\npin: 90210\n' }, live).catch(String);
    const failure = await charts
      .render({ ...request, values: 'db: {word: hunter2}\npin: 90210\n' }, live)
      .catch(each => each);
    expect(failure).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/exit code 1.*execution error at \(shop\/templates\/a\.yaml:3:4\)/),
    });
    expect(error).not.toMatch(/hunter2|90210|abcdefghij/);
  });

  it('with values that are no YAML quotes nothing of them', async () => {
    const helm = fakeHelm('fail("failed to parse -: " + values)');
    const charts = openCharts({ executable: helm.executable });
    const failure = await charts.render({ ...request, values: 'word: "hunter2' }, live).catch(String);
    expect(failure).toContain('the values are no YAML');
    expect(failure).not.toContain('hunter2');
  });

  it.each([
    ['never ends', 'setInterval(() => {}, 1000)', 'TIMEOUT'],
    [
      'never stops talking',
      'const more = () => process.stdout.write("x".repeat(65536), more); more()',
      'INPUT_INVALID',
    ],
    ['is killed', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)', 'INPUT_INVALID'],
  ])('that %s is ended and told', async (_what, body, code) => {
    const charts = openCharts({ executable: fakeHelm(body).executable, deadlineMs: code === 'TIMEOUT' ? 500 : 30_000 });
    await expect(charts.render(request, live)).rejects.toMatchObject({ code });
  });

  it('is cancelled with its call', async () => {
    const charts = openCharts({ executable: fakeHelm('setInterval(() => {}, 1000)').executable });
    const call = new AbortController();
    const rendering = charts.render(request, call.signal);
    call.abort();
    await expect(rendering).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.skipIf(!isHelmThere())('R341: a real helm renders a folder, its CRDs first', async () => {
    const { directory } = fakeHelm('');
    const chart = join(directory, 'shop');
    for (const folder of ['templates', 'crds']) mkdirSync(join(chart, folder), { recursive: true });
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
    writeFileSync(
      join(chart, 'crds', 'a.yaml'),
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.x}\n',
    );
    const template =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {a: "{{ .Values.a }}"}\n';
    writeFileSync(join(chart, 'templates', 'a.yaml'), template);
    const text = await openCharts().render({ chart, values: 'a: b', release: 'shop', namespace: 'web' }, live);
    expect(text).toMatch(/CustomResourceDefinition[\s\S]*ConfigMap[\s\S]*a: "b"/);
  });
});
