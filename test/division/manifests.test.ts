import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { forgetPriors, openManifests } from '../../src/division/manifests.ts';
import { openPrivateFiles } from '../../src/division/private-files.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'manifests-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const key = { operationId: 'op-1', cluster: 'production', namespace: 'shop', manifestSha256: 'a'.repeat(64) };
const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
const prior = [
  { ref, uid: 'u', applied: { data: { password: 'aHVudGVyMg==' } } },
  { ref: { ...ref, namespace: undefined, name: 'new' }, uid: undefined, applied: undefined },
];

describe('what was there before an apply', () => {
  it('is kept once: a second try of the same operation overwrites nothing', async () => {
    const manifests = openManifests(folder());
    expect(await manifests.prior(key)).toBeUndefined();
    await manifests.keepPrior(key, prior);
    await manifests.keepPrior(key, []);
    expect(await manifests.prior(key)).toEqual(prior);
    for (const other of [{ operationId: 'op-2' }, { cluster: 'staging' }, { namespace: 'x' }, { manifestSha256: 'b' }])
      expect(await manifests.prior({ ...key, ...other })).toBeUndefined();
  });

  it('is readable by nobody else, and its name tells nothing', async () => {
    const directory = folder();
    await openManifests(directory).keepPrior(key, prior);
    const before = join(directory, 'private', 'before');
    const [name = ''] = readdirSync(before);
    expect(name).toMatch(/^[0-9a-f]{64}\.json$/);
    expect(statSync(join(before, name)).mode & 0o777).toBe(0o600);
    expect(statSync(before).mode & 0o777).toBe(0o700);
  });

  it('that can’t be read is an error: nothing is restored by guess', async () => {
    const directory = folder();
    const manifests = openManifests(directory);
    await manifests.keepPrior(key, prior);
    const before = join(directory, 'private', 'before');
    writeFileSync(join(before, readdirSync(before)[0] ?? ''), '{"record_version":1');
    await expect(manifests.prior(key)).rejects.toMatchObject({ code: 'RECORD_CORRUPT' });
    await expect(manifests.keepPrior(key, prior)).rejects.toMatchObject({ code: 'RECORD_CORRUPT' });
  });

  it('a manifest is read as it was kept', async () => {
    const directory = folder();
    const sha256 = await openPrivateFiles(directory).keep('kind: Secret\n');
    expect(await openManifests(directory).read(sha256)).toBe('kind: Secret\n');
    await expect(openManifests(directory).read('0'.repeat(64))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('goes a week after its operation ended well, and stays while its operation may still take it back', async () => {
    const directory = folder();
    const manifests = openManifests(directory);
    const end = Date.parse('2026-11-22T10:00:00Z');
    const week = 7 * 24 * 3_600_000;
    const ended = (operation_id: string, status: 'succeeded' | 'failed' | 'running') => ({
      operation_id,
      status,
      ...(status !== 'running' && { finished_at: new Date(end).toISOString() }),
    });
    expect(await forgetPriors(directory, [ended('op-1', 'succeeded')], end + 2 * week)).toBe(0);
    const operations = [ended('op-1', 'succeeded'), ended('op-2', 'failed'), ended('op-3', 'running')];
    const keys = ['op-1', 'op-2', 'op-3', 'op-4'].map(operationId => ({ ...key, operationId }));
    for (const each of keys) await manifests.keepPrior(each, prior);
    expect(await forgetPriors(directory, operations, end + week)).toBe(0);
    expect(await forgetPriors(directory, operations, end + week + 1)).toBe(1);
    const left = await Promise.all(keys.map(async each => (await manifests.prior(each)) !== undefined));
    expect(left).toEqual([false, true, true, true]);
  });
});
