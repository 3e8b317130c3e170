import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forgetManifests } from '../../src/division/forget-manifests.ts';
import { openPrivateFiles } from '../../src/division/private-files.ts';
import type { Operation } from '../../src/model/operation.ts';
import type { Plan } from '../../src/model/plan.ts';
import { aPlan } from '../mcp/front-fixture.ts';

const DAY = 24 * 3_600_000;
const now = Date.parse('2026-11-22T10:00:00Z');
const daysAgo = (days: number): string => new Date(now - days * DAY).toISOString();

const planOf = (hash: string, sha256: string, expires_at: string): Plan => {
  const applications = [{ name: 'shop', manifest_sha256: sha256 }];
  const task = { playbook: 'deploy_application' as const, cluster: 'staging', applications };
  const requested = {
    kind: 'procedure' as const,
    action: 'workload.deploy',
    task,
    gates: [],
    scope: { changes_kubernetes_version: false },
  };
  return { ...aPlan(), plan_hash: hash, expires_at, requested } as Plan;
};
const operationOf = (plan_hash: string, status: Operation['status'], finished?: string) => ({
  plan_hash,
  status,
  ...(finished !== undefined && { finished_at: finished }),
});

/** A kept manifest, written so many days ago; whether it is still there after the rest is told. */
async function left(
  tell: (sha256: string) => { plans: Plan[]; operations?: ReturnType<typeof operationOf>[] },
  writtenDaysAgo = 30,
): Promise<{ isThere: boolean; gone: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'forget-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const files = openPrivateFiles(directory);
  const sha256 = await files.keep('kind: Secret\n');
  const written = (now - writtenDaysAgo * DAY) / 1000;
  utimesSync(files.pathOf(sha256), written, written);
  const gone = await forgetManifests(directory, { operations: [], ...tell(sha256), now, wallMs: now });
  const isThere = await files.read(sha256).then(
    () => true,
    () => false,
  );
  return { isThere, gone };
}

describe('manifests that nothing needs any more', () => {
  it('go a week after their plan expired, or its operation ended well', async () => {
    expect(await left(sha => ({ plans: [planOf('a', sha, daysAgo(8))] }))).toEqual({ isThere: false, gone: 1 });
    for (const status of ['succeeded', 'cancelled'] as const) {
      const operations = [operationOf('a', status, daysAgo(8))];
      expect(await left(sha => ({ plans: [planOf('a', sha, daysAgo(9))], operations }))).toMatchObject({ gone: 1 });
    }
  });

  it.each([
    ['a plan that expired this week', (sha: string) => ({ plans: [planOf('a', sha, daysAgo(6))] })],
    [
      'an operation that ended this week',
      (sha: string) => ({
        plans: [planOf('a', sha, daysAgo(9))],
        operations: [operationOf('a', 'succeeded', daysAgo(6))],
      }),
    ],
    [
      'one that failed and may be resumed',
      (sha: string) => ({
        plans: [planOf('a', sha, daysAgo(90))],
        operations: [operationOf('a', 'failed', daysAgo(89))],
      }),
    ],
    [
      'one that is still under way',
      (sha: string) => ({ plans: [planOf('a', sha, daysAgo(90))], operations: [operationOf('a', 'waiting')] }),
    ],
    [
      'another plan of the same manifests',
      (sha: string) => ({ plans: [planOf('a', sha, daysAgo(90)), planOf('b', sha, daysAgo(-1))] }),
    ],
    [
      'an operation whose plan cannot be read',
      (sha: string) => ({ plans: [planOf('a', sha, daysAgo(90))], operations: [operationOf('b', 'running')] }),
    ],
    ['nothing of this division', () => ({ plans: [] })],
  ])('stay for %s', async (_what, tell) => {
    expect(await left(tell)).toEqual({ isThere: true, gone: 0 });
  });

  it('stay when they were kept anew this week: a plan may be being made of them; those gone already are no fault', async () => {
    expect(await left(sha => ({ plans: [planOf('a', sha, daysAgo(90))] }), 6)).toEqual({ isThere: true, gone: 0 });
    expect(await left(() => ({ plans: [planOf('a', 'f'.repeat(64), daysAgo(90))] }))).toEqual({
      isThere: true,
      gone: 0,
    });
  });
});
