import { createHash, randomUUID } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import {
  isGroupProvedDead,
  isProvedDead,
  KeptProcess,
  keptProcess,
  type ProcessIdentity,
  processOf,
} from '../host/process-identity.ts';
import { attemptId } from './argv.ts';
import { Attempt, claimOf, isOfSameBoot, RUNS_AGAIN } from './attempt.ts';
import { claimAfter, lastClaim } from './boot-claims.ts';
import { claimFolder, makeFolder, moveFolder, replaceFile, sync } from './durable.ts';
import { TalosctlError } from './errors.ts';
import { parsedAs, receiptFiles, textOf, unlessMissing, unreadable } from './receipt-files.ts';

const Starting = Attempt.extend({ started_at: z.string(), starter: KeptProcess });
type Starting = z.infer<typeof Starting>;

const Superseded = z.strictObject({ by: z.string() });
type Superseded = z.infer<typeof Superseded>;

/**
 * `never-run`: the contractor died before talosctl was let go, so nothing was sent; such an attempt may be dispatched.
 * `superseded`: nothing was sent and nothing will be, `by` may have the boot instead.
 */
export type Receipt =
  | { state: 'absent' }
  | { state: 'superseded'; by: string }
  | { state: 'never-run'; starting: Starting; folder: string }
  | { state: 'running' | 'lost'; starting: Starting; folder: string }
  | { state: 'exited'; starting: Starting; folder: string; exitCode: number; exitedAt: string };

/** Looks at a claim that changes under us; each change is another process's progress. */
const LOOKS = 16;

/** Its process is written down before talosctl may run, so a folder with what talosctl left behind has lost a part. */
async function neverRun(starting: Starting, folder: string): Promise<Receipt> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  const { stdout, stderr, exited } = receiptFiles;
  if (names.some(name => [stdout, stderr, exited].some(left => name.startsWith(left)))) throw unreadable(folder);
  return { state: 'never-run', starting, folder };
}

function refused(why: string): TalosctlError {
  return new TalosctlError('precondition', `${why}; nothing was sent`, {
    remedy: 'ask what became of that attempt, and observe the node',
  });
}

/**
 * Receipts of dispatches (SAFETY 3): `attempts/ID/` holds what was started, by whom, and how it ended; `boots/` holds the claims
 * a machine, boot and kind, of which the last one counts. Safe for several contractor processes at once.
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

  /** What became of an attempt. Throws TalosctlError for a receipt that can't be read, or of which a part is missing. */
  async read(id: string): Promise<Receipt> {
    const folder = this.folder(id);
    const startingText = await textOf(join(folder, receiptFiles.starting));
    if (startingText === undefined) return await this.#withoutStart(id);
    const starting = parsedAs(Starting, startingText, join(folder, receiptFiles.starting));
    const isStarterDead = await isProvedDead(processOf(starting.starter));
    // Looked at after its starter: a starter that is dead writes no more.
    const processText = await textOf(join(folder, receiptFiles.process));
    if (processText === undefined && !isStarterDead) return { state: 'running', starting, folder };
    if (processText === undefined) return await neverRun(starting, folder);
    const leader = parsedAs(KeptProcess, processText, join(folder, receiptFiles.process));
    // An exit says all; only without one every process of the host is looked at.
    const exit = await this.#exit(folder);
    if (exit !== undefined) return { state: 'exited', starting, folder, ...exit };
    if (!(await isGroupProvedDead(processOf(leader)))) return { state: 'running', starting, folder };
    // Looked at after its process: one that is gone has recorded its exit or never will.
    const left = await this.#exit(folder);
    return left === undefined ? { state: 'lost', starting, folder } : { state: 'exited', starting, folder, ...left };
  }

  /** A receipt's folder appears with its first file in it, in one step: one without is what is left of a receipt. */
  async #withoutStart(id: string): Promise<Receipt> {
    const folder = this.folder(id);
    const names = await unlessMissing(readdir(folder));
    if (names === undefined) return { state: 'absent' };
    // Somebody started it, or put it aside, since we looked.
    if (names.includes(receiptFiles.starting)) return await this.read(id);
    const path = join(folder, receiptFiles.superseded);
    const text = await textOf(path);
    if (text === undefined) throw unreadable(folder);
    return { state: 'superseded', ...parsedAs(Superseded, text, path) };
  }

  /**
   * Claims the one dispatch of this kind in this boot of the machine; a second install in one boot destroys the rollback slot
   * (SAFETY 3). It takes the claim over from whichever of the attempts it `supersedes` holds it now, when that one was not carried
   * out: its receipt is lost, exited non-zero, or nothing was ever run for it. Those that never came to claim the boot can't any
   * more. Throws precondition, with why, when another attempt has the boot.
   */
  async claimBoot(attempt: Attempt): Promise<void> {
    await makeFolder(this.#boots);
    const path = join(this.#boots, `${attempt.kind}-${claimOf(attempt)}`);
    for (let look = 0; look < LOOKS; look += 1) {
      const last = await lastClaim(path);
      // Whoever made it may have died before it was on disk.
      if (last.holder === attempt.attempt_id) return await sync(this.#boots);
      const isFree =
        last.holder === undefined || (await this.#givesWay(last.holder, await this.#over(last.holder, attempt)));
      if (isFree && (await claimAfter(last, path, attempt.attempt_id))) return;
    }
    throw new TalosctlError('busy', 'other contractor processes are claiming this boot; nothing was sent');
  }

  /** The attempt, which supersedes the holder too when it may run again after that one. */
  async #over(holder: string, attempt: Attempt): Promise<Attempt> {
    if (attempt.kind !== RUNS_AGAIN) return attempt;
    const { state } = await this.read(holder);
    if (state === 'running' || state === 'lost') return attempt;
    return { ...attempt, supersedes: [...(attempt.supersedes ?? []), holder] };
  }

  /** Whether the holder's claim may be taken over; false when its receipt changed meanwhile. Throws precondition. */
  async #givesWay(holder: string, { attempt_id, supersedes = [], ...attempt }: Attempt): Promise<boolean> {
    if (!supersedes.includes(holder)) {
      const instead =
        supersedes.length === 0 ? '' : `, not by ${supersedes.join(' or ')}, which ${attempt_id} is to supersede`;
      throw refused(
        `one ${attempt.kind} was dispatched in this boot of the machine already, by attempt ${holder}${instead}`,
      );
    }
    const receipt = await this.read(holder);
    if ('starting' in receipt && !isOfSameBoot(receipt.starting, { attempt_id, ...attempt }))
      throw refused(`attempt ${holder}, which ${attempt_id} is to supersede, was dispatched for something else`);
    switch (receipt.state) {
      case 'running':
        throw refused(`attempt ${holder}, which ${attempt_id} is to supersede, still runs`);
      case 'exited':
        if (receipt.exitCode === 0 && attempt.kind !== RUNS_AGAIN)
          throw refused(`attempt ${holder}, which ${attempt_id} is to supersede, exited 0: the node took it`);
        return true;
      // Neither is ever dispatched again, so nothing of it can come after the claim.
      case 'lost':
      case 'superseded':
        return true;
      case 'never-run':
        return (await this.#putAsideOf(receipt.starting)) && (await this.#retire(holder, attempt_id));
      case 'absent':
        return await this.#retire(holder, attempt_id);
    }
  }

  /**
   * Puts a mark where the receipt of an attempt that was never run would be, before its claim is taken: a dispatch of it that is
   * under way elsewhere finds the mark and sends nothing. False when it has a receipt by now. A crash after it leaves the claim
   * where it was, with an attempt that sends no more.
   */
  async #retire(id: string, by: string): Promise<boolean> {
    await makeFolder(this.#attempts);
    return await claimFolder(this.folder(id), receiptFiles.superseded, JSON.stringify({ by } satisfies Superseded));
  }

  /** Writes the `starting` receipt; false when the attempt has one already. It is on disk when this returns. */
  async start(attempt: Attempt, startedAt: string, starter: ProcessIdentity): Promise<boolean> {
    await makeFolder(this.#attempts);
    const starting: Starting = { ...attempt, started_at: startedAt, starter: keptProcess(starter) };
    return await claimFolder(this.folder(attempt.attempt_id), receiptFiles.starting, JSON.stringify(starting));
  }

  /** Records which process will run talosctl, before it may. */
  async recordProcess(id: string, leader: ProcessIdentity): Promise<void> {
    await replaceFile(join(this.folder(id), receiptFiles.process), JSON.stringify(keptProcess(leader)));
  }

  /** Puts our own receipt aside, because nothing was run for it; the attempt may be dispatched then. */
  async putAside(id: string): Promise<void> {
    await makeFolder(this.#neverRun);
    await rename(this.folder(id), join(this.#neverRun, `${id}.${randomUUID()}`));
    await sync(this.#attempts);
  }

  /**
   * Puts the never-run receipt of a dead starter aside. Of any number of processes that found this one receipt, one may;
   * otherwise the second would move away what the first has started since.
   */
  async #putAsideOf(starting: Starting): Promise<boolean> {
    await makeFolder(this.#neverRun);
    const generation = createHash('sha256').update(JSON.stringify(starting)).digest('hex');
    return await moveFolder(this.folder(starting.attempt_id), join(this.#neverRun, generation));
  }

  /** Makes room for another start of a never-run attempt. Throws busy for all processes but one. */
  async takeOver(starting: Starting): Promise<void> {
    if (await this.#putAsideOf(starting)) return;
    throw new TalosctlError('busy', `attempt ${starting.attempt_id} is being dispatched by another contractor process`);
  }

  /** Puts the exit of a finished attempt on disk. */
  async syncExit(id: string): Promise<void> {
    await this.#exit(this.folder(id));
  }
}
