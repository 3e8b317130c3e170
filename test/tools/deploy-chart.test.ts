/** A deployment out of a chart, through a real client: rendered when it is planned, kept as manifests are. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCharts } from '../../src/helm/charts.ts';
import { fakeHelm } from '../helm/fake-helm.ts';
import { errorOf, structuredOf } from '../mcp/connected-client.ts';
import { aFront } from '../mcp/front-fixture.ts';

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\nspec:\n  type: ClusterIP\n';
const test = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: probe\n  annotations:\n    helm.sh/hook: test\n';
const echo = `print('---\\n' + ${JSON.stringify(service)} + '---\\n' + ${JSON.stringify(test)} + '---\\n' + values)`;
const secret = (word: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\nstringData:\n  word: ${word}\n`;

async function planned(body: string) {
  const helm = fakeHelm(body);
  const fixture = await aFront({ charts: openCharts({ executable: helm.executable }) });
  onTestFinished(() => fixture.close());
  const { client } = await fixture.connect('legacy');
  const plan = (chart: Record<string, unknown>, more: Record<string, unknown> = {}) => {
    const task = {
      playbook: 'deploy_application',
      cluster: 'staging',
      applications: [{ name: 'shop', chart, ...more }],
    };
    return client.callTool({ name: 'decompose_task', arguments: { task } });
  };
  return { helm, fixture, plan };
}

const reference = { chart: 'stable/shop', version: '1.2.3' };

describe('deploy_application with a chart', () => {
  it('R341: is planned with what the chart renders to; its values are in no record, and other values are another plan', async () => {
    const { fixture, helm, plan } = await planned(echo);
    const result = await plan({ ...reference, values: secret('hunter2hunter2') });
    const { plan_hash: hash, preflight } = structuredOf(result).plan as { plan_hash: string; preflight: unknown };
    expect(helm.seen().argv.slice(-2)).toEqual(['shop', 'stable/shop']);
    const kept = await fixture.front.division.plan(hash);
    if (kept?.requested.kind !== 'procedure' || kept.requested.task.playbook !== 'deploy_application')
      throw new Error('another plan');
    const [application] = kept.requested.task.applications;
    expect(application).toEqual({ name: 'shop', chart: reference, manifest_sha256: expect.any(String) });
    const text = await fixture.front.privateFiles.read(application?.manifest_sha256 ?? '');
    expect(text).toBe(`---\n${service}---\n${secret('hunter2hunter2')}`);
    expect(JSON.stringify([kept, result])).not.toContain('hunter2');
    expect(JSON.stringify(preflight)).toContain('Pod probe (test)');
    const again = structuredOf(await plan({ ...reference, values: secret('hunter2hunter2') })).plan;
    const other = structuredOf(await plan({ ...reference, values: secret('hunter3hunter3') })).plan;
    expect(again).toMatchObject({ plan_hash: hash });
    expect(other).not.toMatchObject({ plan_hash: hash });
  });

  it('that needs its hooks, or renders nothing, is refused and says so', async () => {
    const hook = test.replace('test\n', 'pre-install\n');
    const { plan } = await planned(`print(${JSON.stringify(`---\n${service}---\n${hook}`)})`);
    expect(errorOf(await plan(reference))).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('Pod probe (pre-install)'),
      remedy: expect.stringContaining('switch them off'),
    });
    const nothing = await planned('print("---\\n# Source: shop/templates/none.yaml\\n")');
    expect(errorOf(await nothing.plan(reference)).message).toContain('renders no object');
  });

  it.each([
    [{ chart: 'stable/shop' }, {}],
    [{ chart: 'oci://registry.example/shop' }, {}],
    [{ chart: '--post-renderer=/bin/sh', version: '1.2.3' }, {}],
    [{ chart: './shop' }, {}],
    [{ chart: 'https://user:word@host/shop.tgz' }, {}],
    [{ chart: 'https://host/shop.tgz?token=word' }, {}],
    [reference, { manifests: service }],
  ])('%j with %j is not taken', async (chart, more) => {
    const { plan } = await planned(echo);
    expect(errorOf(await plan(chart, more)).code).toBe('INPUT_INVALID');
  });
});
