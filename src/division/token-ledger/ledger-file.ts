import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { LedgerEntry } from '../../model/budget.ts';
import { ensureDirectory } from '../atomic-file.ts';
import { diskError } from '../disk-error.ts';
import type { FileSystem, OpenFile } from '../file-system.ts';

/**
 * One process's lines of one day. Nobody else ever writes this file, so no lock is needed, lines of several processes can't mix
 * or be lost on any file system (O_APPEND is no promise on a network share), and a crash harms only the end of its own file.
 * Lines asked for while a write is under way go out together, in one write and one sync.
 */
export class LedgerFile {
  readonly #fs: FileSystem;
  readonly #path: string;
  #file: OpenFile | undefined;
  #wholeBytes = 0;
  #mustCutBack = false;
  #waiting: { line: string; done: () => void; failed: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;

  constructor(fs: FileSystem, dayFolder: string) {
    this.#fs = fs;
    this.#path = join(dayFolder, `${process.pid}-${randomBytes(6).toString('hex')}.jsonl`);
  }

  /** Resolves when the line is synced. @throws DivisionError INTERNAL when the disk refuses: the line is then not there */
  append(entry: LedgerEntry): Promise<void> {
    const line = `${JSON.stringify(entry)}\n`;
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed });
      this.#writing ??= this.#writeAll().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  /** Waits for what is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(Buffer.from(lines.map(({ line }) => line).join(''), 'utf8'));
        for (const { done } of lines) done();
      } catch (error) {
        const refused = diskError(error, 'append to', this.#path);
        for (const { failed } of lines) failed(refused);
      }
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const file = this.#file ?? (await this.#open());
    if (this.#mustCutBack) await this.#cutBack();
    this.#mustCutBack = true;
    try {
      await file.write(bytes);
      await file.sync();
    } catch (error) {
      await this.#cutBack().catch(() => undefined);
      throw error;
    }
    this.#mustCutBack = false;
    this.#wholeBytes += bytes.length;
  }

  async #open(): Promise<OpenFile> {
    const folder = dirname(this.#path);
    await ensureDirectory(this.#fs, folder);
    const file = await this.#fs.append(this.#path);
    try {
      await file.sync();
      await this.#fs.syncDirectory(folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    return file;
  }

  /** No line whose sync failed is counted as kept, and none is glued to the remains of another. */
  async #cutBack(): Promise<void> {
    await this.#fs.truncate(this.#path, this.#wholeBytes);
    this.#mustCutBack = false;
  }
}
