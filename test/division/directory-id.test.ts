import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { directoryId } from '../../src/division/directory-id.ts';
import { temporaryFolder } from './fixtures/records.ts';

async function directory(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'operations'));
  return folder;
}

test('SAFETY 6: a directory has one id for ever, and no two have the same', async () => {
  const [one, other] = [await directory(), await directory()];
  const id = await directoryId(one);
  expect(await directoryId(one)).toBe(id);
  expect(await directoryId(other)).not.toBe(id);
  const path = join(one, 'operations', 'directory-id');
  expect(await readFile(path, 'utf8')).toBe(`${id}\n`);
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test.each(['', 'garbage', 'c0ffee00-0000-4000-8000'])(
  'a file that holds %j is named, and no other id is made',
  async text => {
    const folder = await directory();
    const path = join(folder, 'operations', 'directory-id');
    await writeFile(path, text);
    await expect(directoryId(folder)).rejects.toMatchObject({
      code: 'RECORD_CORRUPT',
      remedy: expect.stringContaining(path),
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  },
);
