import { createHash, randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openRecoveryFiles } from '../../src/division/recovery-files.ts';
import type { RecoveryFiles } from '../../src/ports/recovery-files.ts';
import { temporaryFolder } from './fixtures/records.ts';

let folder: string;
let files: RecoveryFiles;
beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'snapshots'));
  files = openRecoveryFiles({ snapshots: join(folder, 'snapshots'), secrets: join(folder, 'secrets') });
});

const seal = (pages: Buffer): Buffer => Buffer.concat([pages, createHash('sha256').update(pages).digest()]);
const lay = (name: string, bytes: Buffer) => writeFile(join(folder, 'snapshots', name), bytes);

describe('snapshots', () => {
  it('R138: one that ends with its own hash is sound, with the sha256 that sha256sum says', async () => {
    const whole = seal(randomBytes(200 * 512));
    await lay('a.snapshot', whole);
    expect(await files.verify('a.snapshot')).toEqual({
      bytes: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
      problem: undefined,
    });
  });

  it.each([
    ['torn', (whole: Buffer) => whole.subarray(0, 1000)],
    ['altered', (whole: Buffer) => Buffer.concat([Buffer.from('x'), whole.subarray(1)])],
    ['empty', () => Buffer.alloc(0)],
    ['without its hash', (whole: Buffer) => whole.subarray(0, whole.length - 32)],
  ])('R138: one that is %s says so', async (_what, change) => {
    await lay('a.snapshot', change(seal(randomBytes(4 * 512))));
    expect((await files.verify('a.snapshot')).problem).toEqual(expect.any(String));
  });

  it('are listed as they lie there: no folders, links or temporary files', async () => {
    await lay('a.snapshot', seal(randomBytes(512)));
    await lay('.b.partial', Buffer.from('x'));
    await mkdir(join(folder, 'snapshots', 'private'));
    await symlink('/etc/hostname', join(folder, 'snapshots', 'c.snapshot'));
    expect((await files.snapshots()).map(({ name, bytes }) => [name, bytes])).toEqual([['a.snapshot', 544]]);
  });

  it('one that is not there is NOT_FOUND, a directory that is not there is empty', async () => {
    await expect(files.verify('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await files.secretNames()).toEqual([]);
    const none = openRecoveryFiles({ snapshots: join(folder, 'nowhere'), secrets: join(folder, 'nowhere') });
    expect(await none.snapshots()).toEqual([]);
  });
});
