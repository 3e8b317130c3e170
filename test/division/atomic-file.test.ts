import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureDirectory, sweepTemporaries, writeAtomically } from '../../src/division/atomic-file.ts';
import { diskFileSystem } from '../../src/division/file-system.ts';
import { DivisionError } from '../../src/errors.ts';
import { FailingDisk } from './fixtures/failing-disk.ts';
import { ForgetfulDisk } from './fixtures/forgetful-disk.ts';
import { temporaryFolder } from './fixtures/records.ts';

describe('an atomic write', () => {
  test('replaces the text and is readable by its owner only', async () => {
    const path = join(await temporaryFolder(), 'record.json');
    await writeAtomically(diskFileSystem, path, 'one');
    await writeAtomically(diskFileSystem, path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(path))).toEqual(['record.json']);
  });

  test('syncs the file before the rename and the folder after it', async () => {
    const disk = new FailingDisk();
    const path = join(await temporaryFolder(), 'record.json');
    await writeAtomically(disk, path, 'one');
    expect(disk.calls.map(call => call.split(' ')[0])).toEqual(['create', 'write', 'sync', 'rename', 'syncDirectory']);
  });

  test.each([
    ['create', 'EACCES', 'permission denied'],
    ['create', 'EROFS', 'read-only'],
    ['write', 'ENOSPC', 'the disk is full'],
    ['write', 'EDQUOT', 'quota'],
    ['sync', 'EIO', 'input/output error'],
    ['rename', 'EPERM', 'not permitted'],
  ] as const)('that fails at %s with %s keeps the old text and names path and remedy', async (call, code, words) => {
    const disk = new FailingDisk();
    const path = join(await temporaryFolder(), 'record.json');
    await writeAtomically(disk, path, 'old');
    disk.failNext(call, code, 1);
    const error = await writeAtomically(disk, path, 'new').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DivisionError);
    expect(error).toMatchObject({ code: 'INTERNAL', retry: 'after-change' });
    expect(error).toHaveProperty('message', expect.stringContaining(words));
    expect(error).toHaveProperty('remedy', expect.stringContaining(path));
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(dirname(path))).toEqual(['record.json']);
  });

  test('leaves the old text or the new one wherever the power is cut', async () => {
    for (let cutAt = 1; ; cutAt += 1) {
      const disk = new ForgetfulDisk();
      await writeAtomically(disk, '/record.json', 'old');
      disk.cutAt = disk.calls + cutAt;
      const isWhole = await writeAtomically(disk, '/record.json', 'new').then(
        () => true,
        () => false,
      );
      disk.restart();
      const text = (await disk.read('/record.json')).toString('utf8');
      expect(isWhole ? ['new'] : ['old', 'new']).toContain(text);
      if (isWhole) break;
    }
  });
});

test('a folder is made with its parents, private, and stays after a power cut', async () => {
  const path = join(await temporaryFolder(), 'a', 'b');
  await ensureDirectory(diskFileSystem, path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);

  const disk = new ForgetfulDisk();
  await ensureDirectory(disk, '/a/b/c');
  disk.restart();
  expect(await disk.kind('/a/b/c')).toBe('directory');
});

test('a file in the way of a folder is named with the remedy', async () => {
  const file = join(await temporaryFolder(), 'file');
  await writeFile(file, '');
  await expect(ensureDirectory(diskFileSystem, join(file, 'below'))).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('ENOTDIR'),
    remedy: expect.stringContaining(join(file, 'below')),
  });
});

test('sweeping takes the temporary files of the gone and nothing else', async () => {
  const folder = await temporaryFolder();
  const own = `.record.json.${process.pid}-0123456789ab.tmp`;
  const gone = '.record.json.999999999-0123456789ab.tmp';
  for (const name of [own, gone, 'record.json', '.hidden']) await writeFile(join(folder, name), '');
  await mkdir(join(folder, 'requests'));
  await sweepTemporaries(diskFileSystem, folder, pid => pid !== process.pid);
  expect((await readdir(folder)).sort()).toEqual([own, '.hidden', 'record.json', 'requests'].sort());
});
