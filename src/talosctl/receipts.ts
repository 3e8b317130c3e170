import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { attemptId } from './argv.ts';
import { claimFile, claimFolder, makeFolder, replaceFile, sync } from './durable.ts';
import { TalosctlError } from './errors.ts';
import { isAlive, isGroupAlive, ProcessIdentity } from './process-identity.ts';

/** What an attempt is meant to do, to which machine, in which of its boots; kept in its receipt. */
export const Attempt = z.strictObject({
  attempt_id: z.string(),
  kind: z.enum(['install', 'reboot']),
  node: z.string(),
  system_uuid: z.string(),
  boot_id: z.string(),
  image: z.string().nullable(),
  reboots: z.boolean(),
});
export type Attempt = z.infer<typeof Attempt>;

const Starting = Attempt.extend({ started_at: z.string(), starter: ProcessIdentity });
type Starting = z.infer<typeof Starting>;

/** `never-run`: the contractor died before talosctl was let go, so nothing was sent; such an attempt may be dispatched. */
export type Receipt =
  | { state: 'absent' }
  | { state: 'never-run'; starting: Starting; folder: string }
  | { state: 'running' | 'lost'; starting: Starting; folder: string }
  | { state: 'exited'; starting: Starting; folder: string; exitCode: number; exitedAt: string };

/** Files of a receipt's folder, in the order in which they appear; stdout and stderr are talosctl's own. */
export const receiptFiles = {
  starting: 'starting.json',
  process: 'process.json',
  stdout: 'stdout',
  stderr: 'stderr',
  exited: 'exited',
} as const;

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parsedAs<Shape extends z.ZodType>(shape: Shape, text: string, path: string): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new TalosctlError('failed', `the receipt ${path} can't be read, so its attempt stays in doubt`, { cause });
  }
}

/**
 * Receipts of dispatches (SAFETY 3): `attempts/ID/` holds what was started, by whom, and how it ended; `boots/` holds the one
 * claim a machine, boot and kind. Safe for several contractor processes at once.
 */
export class Receipts {
  readonly #attempts: string;
  readonly #boots: string;
  readonly #neverRun: string;

  constructor(directory: string) {
    this.#attempts = join(directory, 'attempts');
    this.#boots = join(directory, 'boots');
    this.#neverRun = join(directory, 'never-run');
  }

  /** Where everything about an attempt is. Throws TalosctlError invalid_argument for what is no attempt id. */
  folder(id: string): string {
    return join(this.#attempts, attemptId(id));
  }

  /** The exit as its recorder left it, put on disk before anybody relies on it; undefined for none or a torn one. */
  async #exit(folder: string): Promise<{ exitCode: number; exitedAt: string } | undefined> {
    const path = join(folder, receiptFiles.exited);
    const text = await textOf(path);
    if (text === undefined || !/^\d{1,3}\n$/.test(text)) return undefined;
    await sync(path);
    await sync(folder);
    return { exitCode: Number(text), exitedAt: (await stat(path)).mtime.toISOString() };
  }

  /** What became of an attempt. Throws TalosctlError for a receipt that can't be read. */
  async read(id: string): Promise<Receipt> {
    const folder = this.folder(id);
    const startingText = await textOf(join(folder, receiptFiles.starting));
    if (startingText === undefined) return { state: 'absent' };
    const starting = parsedAs(Starting, startingText, join(folder, receiptFiles.starting));
    const isStarterAlive = await isAlive(starting.starter);
    // Looked at after its starter: a starter that is dead writes no more.
    const processText = await textOf(join(folder, receiptFiles.process));
    if (processText === undefined) return { state: isStarterAlive ? 'running' : 'never-run', starting, folder };
    const leader = parsedAs(ProcessIdentity, processText, join(folder, receiptFiles.process));
    const isRunning = await isGroupAlive(leader);
    // Looked at after its process: one that is gone has recorded its exit or never will.
    const exit = await this.#exit(folder);
    if (exit !== undefined) return { state: 'exited', starting, folder, ...exit };
    return { state: isRunning ? 'running' : 'lost', starting, folder };
  }

  /**
   * Claims the one dispatch of this kind in this boot of the machine. Throws precondition when another attempt has it:
   * a second install in one boot destroys the rollback slot (SAFETY 3).
   */
  async claimBoot(attempt: Attempt): Promise<void> {
    await makeFolder(this.#boots);
    const path = join(this.#boots, `${attempt.kind}-${attempt.system_uuid}-${attempt.boot_id}`);
    if (await claimFile(path, attempt.attempt_id)) return;
    const holder = await textOf(path);
    if (holder === attempt.attempt_id) return;
    throw new TalosctlError(
      'precondition',
      `one ${attempt.kind} was dispatched in this boot of the machine already, by attempt ${holder ?? 'unknown'}; nothing was sent`,
      { remedy: 'ask what became of that attempt, and observe the node' },
    );
  }

  /** Writes the `starting` receipt; false when the attempt has one already. It is on disk when this returns. */
  async start(attempt: Attempt, startedAt: string, starter: ProcessIdentity): Promise<boolean> {
    await makeFolder(this.#attempts);
    const starting: Starting = { ...attempt, started_at: startedAt, starter };
    return await claimFolder(this.folder(attempt.attempt_id), receiptFiles.starting, JSON.stringify(starting));
  }

  /** Records which process will run talosctl, before it may. */
  async recordProcess(id: string, leader: ProcessIdentity): Promise<void> {
    await replaceFile(join(this.folder(id), receiptFiles.process), JSON.stringify(leader));
  }

  /** Puts our own receipt aside, because nothing was run for it; the attempt may be dispatched then. */
  async putAside(id: string): Promise<void> {
    await makeFolder(this.#neverRun);
    await rename(this.folder(id), join(this.#neverRun, `${id}.${randomUUID()}`));
    await sync(this.#attempts);
  }

  /**
   * Puts the never-run receipt of a dead starter aside. Of any number of processes that found this one receipt, one may;
   * otherwise the second would move away what the first has started since. Throws busy for the others.
   */
  async takeOver(starting: Starting): Promise<void> {
    await makeFolder(this.#neverRun);
    const generation = createHash('sha256').update(JSON.stringify(starting)).digest('hex');
    if (!(await claimFile(join(this.#neverRun, generation), starting.attempt_id)))
      throw new TalosctlError(
        'busy',
        `attempt ${starting.attempt_id} is being dispatched by another contractor process`,
      );
    await this.putAside(starting.attempt_id);
  }

  /** Puts the exit of a finished attempt on disk. */
  async syncExit(id: string): Promise<void> {
    await this.#exit(this.folder(id));
  }
}
