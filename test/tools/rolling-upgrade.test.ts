import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../mcp/connected-client.ts';
import { eras, errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, aPlan, type Fixture, HASH, NOW, SHORT } from '../mcp/front-fixture.ts';

let fixture: Fixture;
let client: Connection['client'];
beforeEach(async () => {
  fixture = await aFront();
  ({ client } = await fixture.connect('legacy'));
});
afterEach(async () => fixture.close());

const call = (given: Record<string, unknown> = {}) => client.callTool({ name: 'rolling_upgrade', arguments: given });
const planIt = async (given: Record<string, unknown> = {}) => {
  const result = await call({ clusters: ['staging'], to_version: '1.13.9', ...given });
  return { result, plan: structuredOf(result) };
};

describe('rolling_upgrade without plan_hash', () => {
  it('plans, saves the plan, starts nothing, and says the plan in both channels', async () => {
    const { result, plan } = await planIt();
    expect(plan).toMatchObject({
      plan_hash: expect.stringMatching(/^[0-9a-f]{16}$/),
      playbook: expect.any(String),
      simulated: true,
      kind: 'talos',
      to_version: 'v1.13.9',
      clusters: [{ name: 'staging', environment: 'staging', nodes: 6, from_versions: ['v1.12.11'] }],
      authority: { level: 'coo', rule: expect.any(String) },
      preflight: { blocked: [], warnings_total: expect.any(Number) },
      estimate: { minutes_expected: expect.any(Number), minutes_lower_bound: expect.any(Number) },
      expires_at: '2026-11-23T10:00:00Z',
      next: expect.stringContaining(`plan_hash ${String(plan.plan_hash)}`),
    });
    expect(textOf(result)).toContain(String(plan.plan_hash));
    expect(textOf(result)).toMatch(/^\[simulated\] Plan .*authority coo.*Next: show it to the user/);
    expect(textOf(result).split(/\s+/).length).toBeLessThanOrEqual(60);
    expect(await fixture.front.division.plan(String(plan.plan_hash))).toBeDefined();
    expect(await fixture.writer.requests()).toEqual([]);
    const whole = await client.readResource({ uri: String(plan.address) });
    expect(JSON.stringify(whole)).toContain('worker-1');
  });

  it('names every blocker of a plan that can’t start, and starts it by no means', async () => {
    const { plan, result } = await planIt({ to_version: 'v1.11.6' });
    const { blocked } = plan.preflight as { blocked: { code: string }[] };
    expect(blocked.length).toBeGreaterThan(0);
    expect(plan.next).toMatch(/^report the blockers/);
    expect(textOf(result)).toContain(blocked[0]?.code);
    expect(errorOf(await call({ plan_hash: plan.plan_hash })).code).toBe('DISRUPTION_BLOCKED');
    expect(await fixture.writer.requests()).toEqual([]);
  });

  it('without any argument lists what could be planned and started', async () => {
    await fixture.front.division.savePlan(aPlan());
    await fixture.front.division.savePlan(
      aPlan({ plan_hash: 'f'.repeat(64), expires_at: new Date(NOW - 1).toISOString() }),
    );
    const result = await call();
    expect(result.structuredContent).toMatchObject({
      clusters: ['staging', 'production'],
      plans: [{ plan_hash: SHORT, clusters: ['staging'], blocked: 0 }],
      plans_total: 1,
    });
    expect(textOf(result)).toContain(SHORT);
  });

  it.each([
    ['no clusters', { to_version: 'v1.13.9' }, 'INPUT_INVALID', 'clusters: missing'],
    ['no version', { clusters: ['staging'] }, 'INPUT_INVALID', 'to_version: missing'],
    ['a version that is none', { clusters: ['staging'], to_version: 'latest' }, 'INPUT_INVALID', 'v1.13.9'],
    ['a flag for a version', { clusters: ['staging'], to_version: '--force' }, 'INPUT_INVALID', 'to_version'],
    ['a kind there is not', { clusters: ['staging'], to_version: '1.13.9', kind: 'k3s' }, 'INPUT_INVALID', 'kind'],
    ['a cluster as text', { clusters: 'staging', to_version: '1.13.9' }, 'INPUT_INVALID', 'clusters'],
    [
      'an argument there is not',
      { clusters: ['staging'], to_version: '1.13.9', force: true },
      'INPUT_INVALID',
      'force: unknown',
    ],
    ['a hash that is too short', { plan_hash: '0123456789abcde' }, 'INPUT_INVALID', 'plan_hash'],
    ['a cluster there is not', { clusters: ['nowhere'], to_version: '1.13.9' }, 'NOT_FOUND', 'nowhere'],
    [
      'an installer of Kubernetes, which has none,',
      { clusters: ['staging'], to_version: '1.35.5', kind: 'kubernetes', installer: 'x/{schematic}:{version}' },
      'INPUT_INVALID',
      'installer: not for kind kubernetes',
    ],
    ['a plan there is not', { plan_hash: 'abcdef0123456789' }, 'NOT_FOUND', 'plan_hash'],
  ])('refuses %s with a remedy', async (_what, given, code, said) => {
    const error = errorOf(await call(given));
    expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
    expect(error.remedy.length).toBeGreaterThan(10);
  });
});

describe('rolling_upgrade with plan_hash', () => {
  beforeEach(async () => fixture.front.division.savePlan(aPlan()));

  it('leaves the request and answers with the operation, given the hash’s first 16 digits', async () => {
    const result = await call({ plan_hash: HASH.slice(0, 16) });
    expect(result.structuredContent).toMatchObject({
      operation_id: `op-${SHORT}`,
      plan_hash: SHORT,
      status: 'queued',
      simulated: true,
      progress: { done: 0, total: 2 },
      poll_after_seconds: 60,
      next: expect.stringContaining('end your turn'),
    });
    expect(textOf(result)).toMatch(new RegExp(`op-${SHORT} .*queued.*Next: it runs on without you`));
    expect(await fixture.writer.requests()).toMatchObject([{ kind: 'start', plan_hash: HASH, principal: 'operator' }]);
    expect(fixture.executorCalls()).toBeGreaterThan(0);
  });

  it('returns the operation that the plan already is, without effect', async () => {
    await fixture.record(aPlan(), { kind: 'queued', plan_hash: HASH, requested_by: 'operator' }, { kind: 'started' });
    const result = await call({ plan_hash: HASH });
    expect(result.structuredContent).toMatchObject({ operation_id: `op-${SHORT}`, status: 'running' });
    expect(await fixture.writer.requests()).toEqual([]);
  });

  it('takes arguments that repeat the plan', async () => {
    await fixture.record(aPlan(), { kind: 'queued', plan_hash: HASH, requested_by: 'operator' });
    const same = { clusters: ['staging'], kind: 'talos', to_version: '1.13.9', max_unavailable: 1, canary: false };
    expect((await call({ plan_hash: HASH, ...same })).structuredContent).toMatchObject({ status: 'queued' });
  });

  it('refuses arguments that differ from the plan, naming each', async () => {
    const other = { clusters: ['staging', 'production'], to_version: '1.13.8', node_selector: 'a=b', installer: 'x' };
    const error = errorOf(await call({ plan_hash: HASH, ...other }));
    expect(error.code).toBe('INPUT_INVALID');
    for (const name of ['clusters', 'to_version', 'node_selector', 'installer'])
      expect(error.message).toContain(`${name}:`);
    expect(await fixture.writer.requests()).toEqual([]);
  });
});

describe.each(eras)('the authority to upgrade, %s era', era => {
  it('is not a viewer’s, and the refusal names GM_PRINCIPAL', async () => {
    await fixture.close();
    fixture = await aFront({ principal: 'viewer' });
    await fixture.front.division.savePlan(aPlan());
    const viewer = (await fixture.connect(era)).client;
    for (const given of [{ clusters: ['staging'], to_version: '1.13.9' }, { plan_hash: HASH }, {}]) {
      const error = errorOf(await viewer.callTool({ name: 'rolling_upgrade', arguments: given }));
      expect(error).toMatchObject({ code: 'AUTHORITY_REFUSED', remedy: expect.stringContaining('GM_PRINCIPAL') });
    }
    const control = { operation_id: 'op-1', action: 'cancel', reason: 'because' };
    expect(errorOf(await viewer.callTool({ name: 'control_operation', arguments: control })).code).toBe(
      'AUTHORITY_REFUSED',
    );
    expect((await viewer.callTool({ name: 'get_operation' })).isError).not.toBe(true);
    expect(await fixture.writer.requests()).toEqual([]);
  });
});
