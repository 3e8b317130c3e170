/** Questions asked of the person at a host, a file each in approvals/asked/: one is open until it is answered, once, or an hour old. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { Questions } from '../ports/approvals.ts';
import type { Clock } from '../ports.ts';
import { ensureDirectory } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode, type FileSystem } from './file-system.ts';
import { layoutOf } from './layout.ts';
import { readRecord, writeRecord } from './record-file.ts';
import { namesIn } from './records.ts';

const LIFETIME_MS = 3_600_000;
const TOKEN = /^[0-9a-f]{32}$/;

const AskedQuestion = z.object({ record_version: z.literal(1), subject: z.string(), at: z.iso.datetime() });

/** `clock`: wall time. */
export function openQuestions(
  directory: string,
  { clock, fileSystem: fs = diskFileSystem }: { clock: Pick<Clock, 'now'>; fileSystem?: FileSystem },
): Questions {
  const folder = join(layoutOf(directory).approvals, 'asked');
  const pathOf = (token: string): string => join(folder, `${token}.json`);
  const isOpen = (at: string): boolean => clock.now() - Date.parse(at) < LIFETIME_MS;

  /** True for the one caller that removed it: of two who bring the same answer, one has it. */
  async function remove(path: string): Promise<boolean> {
    try {
      await fs.remove(path);
      await fs.syncDirectory(folder);
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw diskError(error, 'remove', path);
    }
  }

  async function dropOld(): Promise<void> {
    for (const name of await namesIn(fs, folder)) {
      const question = await readRecord(fs, join(folder, name), AskedQuestion).catch(() => undefined);
      if (question !== undefined && !isOpen(question.at)) await remove(join(folder, name));
    }
  }

  return {
    async ask(subject) {
      await ensureDirectory(fs, folder);
      await dropOld();
      const token = randomBytes(16).toString('hex');
      const at = new Date(clock.now()).toISOString();
      await writeRecord(fs, pathOf(token), AskedQuestion, { record_version: 1, subject, at });
      return token;
    },
    async take(token) {
      if (!TOKEN.test(token)) return undefined;
      const question = await readRecord(fs, pathOf(token), AskedQuestion);
      if (question === undefined || !(await remove(pathOf(token)))) return undefined;
      return isOpen(question.at) ? question.subject : undefined;
    },
  };
}
