import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveSnapshot } from '../../src/talosctl/snapshot.ts';
import { type FakeAnswer, fakeTalosctl } from './fake-talosctl.ts';

const connection = { context: 'prod', node: '10.0.0.2', endpoints: ['10.0.0.3'] };

async function save(answer: FakeAnswer, existing?: string) {
  const fake = await fakeTalosctl({ 'etcd snapshot': answer });
  const folder = await mkdtemp(join(tmpdir(), 'snapshots-'));
  const path = join(folder, 'db.snapshot');
  if (existing !== undefined) await writeFile(path, existing);
  const options = { signal: new AbortController().signal, timeoutMs: 2000 };
  const saved = saveSnapshot({ env: fake.env, readTimeoutMs: 2000 }, connection, path, options);
  return { folder, path, saved, fake };
}

describe('saveSnapshot', () => {
  it('leaves one file of mode 0600, whole and with its hash told', async () => {
    const { folder, path, saved } = await save({ snapshot: { pages: 2000 } });
    const sha256 = createHash('sha256')
      .update(await readFile((await saved).path))
      .digest('hex');
    expect(await saved).toEqual({ path, bytes: 2000 * 512 + 32, sha256 });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['db.snapshot']);
  });

  it.each<[string, FakeAnswer, string]>([
    ['a torn one', { snapshot: { pages: 4, flaw: 'torn' } }, 'failed'],
    ['an altered one', { snapshot: { pages: 4, flaw: 'altered' } }, 'failed'],
    ['one of another size than told', { snapshot: { pages: 4, flaw: 'misstated' } }, 'failed'],
    ['a talosctl that says nothing', {}, 'unintelligible'],
    [
      'a node without quorum',
      { err: 'rpc error: code = Unknown desc = etcdserver: no leader\n', code: 1 },
      'quorum_lost',
    ],
    ['a talosctl that hangs', { until: '/nowhere/at/all' }, 'timeout'],
  ])('leaves nothing of %s', async (_, answer, errorClass) => {
    const { folder, saved } = await save(answer);
    await expect(saved).rejects.toMatchObject({ errorClass });
    expect(await readdir(folder)).toEqual([]);
  });

  it('overwrites nothing', async () => {
    const { path, saved, fake } = await save({ snapshot: { pages: 4 } }, 'precious');
    await expect(saved).rejects.toMatchObject({ errorClass: 'precondition' });
    expect(await readFile(path, 'utf8')).toBe('precious');
    expect(await fake.calls()).toEqual([]);
  });
});
