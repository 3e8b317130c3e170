import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  dayOf,
  foldBudget,
  nextDayAt,
  notificationsDue,
  refund,
  reserve,
  settle,
  tokensOfBytes,
  tokensOfTask,
} from '../../decisions/budget.ts';
import type {
  Allotment,
  BudgetDay,
  BudgetNotification,
  BudgetVerdict,
  LedgerBody,
  LedgerEntry,
  Spending,
} from '../../model/budget.ts';
import type { BudgetWriter, EstimatedUse, ReportedUse } from '../../ports/budget.ts';
import type { Log } from '../../ports.ts';
import { diskFileSystem, type FileSystem } from '../file-system.ts';
import { LedgerFile } from './ledger-file.ts';
import { LedgerReader, type LedgerReading } from './read-day.ts';

interface Options {
  allotment: Allotment;
  /** IANA name; the day of the ledger turns there. */
  timezone: string;
  /** Wall time: tokens are used in the hosts' time, whatever a simulated cluster's clock says. */
  now: () => number;
  log: Log;
  /** The disk; the real one when absent. */
  fileSystem?: FileSystem;
}

/** A task's tokens are asked for at each of its records: a reading is good for this long. */
const TASK_READING_MS = 1000;
/** An operation is looked for in the lines of so many days. */
const TASK_DAYS = 31;
/** Readings are written down together this often: a dashboard reads many times a minute. */
const READINGS_EVERY_MS = 10_000;

/**
 * The division's token ledger: `budget/<day>/<pid>-<random>.jsonl`, one file for each process that counts, merged when read.
 * Front ends count; only the executor reserves, so that what it judges and what it writes belong together.
 */
export class TokenLedger implements BudgetWriter {
  readonly #folder: string;
  readonly #options: Options;
  readonly #fs: FileSystem;
  readonly #reader: LedgerReader;
  readonly #days = new Map<string, LedgerFile>();
  readonly #taskLines = new Map<string, { readAt: number; lines: Promise<LedgerReading> }>();
  #turn: Promise<unknown> = Promise.resolve();
  #readings = { readings: 0, bytes: 0 };
  #readingsTimer: NodeJS.Timeout | undefined;

  constructor(divisionDirectory: string, options: Options) {
    this.#folder = join(divisionDirectory, 'budget');
    this.#options = options;
    this.#fs = options.fileSystem ?? diskFileSystem;
    this.#reader = new LedgerReader(this.#fs, this.#folder);
  }

  async today(): Promise<BudgetDay> {
    await this.#written();
    return this.day(this.#today());
  }

  async day(day: string): Promise<BudgetDay> {
    const { entries, unreadable } = await this.#reader.day(day);
    if (unreadable > 0) this.#options.log.warn('budget.unreadable_lines', { day, lines: unreadable });
    return foldBudget(entries, day, this.#options.allotment);
  }

  resetsAt(): string {
    return new Date(nextDayAt(this.#options.now(), this.#options.timezone)).toISOString();
  }

  count({ bytes, ...use }: EstimatedUse): void {
    const body = { kind: 'used', source: 'estimated', tokens: tokensOfBytes(bytes), ...use } as const;
    this.#appendQuietly(body);
  }

  countReading(bytes: number): void {
    this.#readings = { readings: this.#readings.readings + 1, bytes: this.#readings.bytes + bytes };
    this.#readingsTimer ??= setTimeout(() => this.#writeReadings(), READINGS_EVERY_MS).unref();
  }

  countAnswers(answers: { contractor: string; calls: number; bytes: number }): void {
    this.#appendQuietly({ kind: 'answered', ...answers });
  }

  async report(use: ReportedUse): Promise<BudgetDay> {
    await this.#append({ kind: 'used', source: 'reported', ...use }, this.#today());
    return this.today();
  }

  reserve(spending: Spending, isApproved = false): Promise<BudgetVerdict> {
    return this.#alone(async () => {
      const budget = await this.today();
      const { verdict, line } = reserve(budget, spending, isApproved);
      if (line) await this.#append(line, budget.day);
      return verdict;
    });
  }

  async settle(reservationId: string, usedTokens: number): Promise<void> {
    await this.#close(budget => settle(budget, reservationId, usedTokens)?.line);
  }

  async refund(reservationId: string): Promise<void> {
    await this.#close(budget => refund(budget, reservationId)?.line);
  }

  async tokensOfTask(taskId: string): Promise<number> {
    await this.#written();
    const days = (await this.#reader.days()).slice(0, TASK_DAYS);
    const readings = await Promise.all(days.map(day => this.#taskReading(day)));
    return tokensOfTask(
      readings.flatMap(({ entries }) => entries),
      taskId,
    );
  }

  async notificationsDue(): Promise<BudgetNotification[]> {
    return notificationsDue(await this.today());
  }

  async markNotified({ notification_id, day }: BudgetNotification): Promise<void> {
    await this.#append({ kind: 'notified', notification_id }, day);
  }

  /** Waits for what is being written, and closes the files. */
  async close(): Promise<void> {
    await this.#turn;
    this.#writeReadings();
    for (const file of this.#days.values()) await file.close();
    this.#days.clear();
  }

  #today(): string {
    return dayOf(this.#options.now(), this.#options.timezone);
  }

  async #written(): Promise<void> {
    this.#writeReadings();
    for (const file of this.#days.values()) await file.settled();
  }

  #writeReadings(): void {
    clearTimeout(this.#readingsTimer);
    this.#readingsTimer = undefined;
    if (this.#readings.readings === 0) return;
    this.#appendQuietly({ kind: 'read', ...this.#readings });
    this.#readings = { readings: 0, bytes: 0 };
  }

  /** A reservation is closed in the day it was made for, also when that is over. */
  #close(lineOf: (budget: BudgetDay) => LedgerBody | undefined): Promise<void> {
    return this.#alone(async () => {
      await this.#written();
      for (const day of (await this.#reader.days()).slice(0, TASK_DAYS)) {
        const line = lineOf(await this.day(day));
        if (line) return this.#append(line, day);
      }
    });
  }

  /** One after another: what is judged is what is there. */
  #alone<Value>(task: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #taskReading(day: string): Promise<LedgerReading> {
    const known = this.#taskLines.get(day);
    const now = performance.now();
    if (known && now - known.readAt < TASK_READING_MS) return known.lines;
    const lines = this.#reader.day(day);
    this.#taskLines.set(day, { readAt: now, lines });
    return lines;
  }

  /** Counting is in nobody's way: a result is not withheld because the disk refuses its line. */
  #appendQuietly(body: LedgerBody): void {
    this.#append(body, this.#today()).catch((error: unknown) => {
      this.#options.log.warn('budget.uncounted', { kind: body.kind, error: String(error) });
    });
  }

  async #append(body: LedgerBody, day: string): Promise<void> {
    const entry: LedgerEntry = {
      entry_id: `${this.#options.now().toString(36)}-${randomBytes(9).toString('hex')}`,
      at: new Date(this.#options.now()).toISOString(),
      day,
      ...body,
    };
    await this.#fileOf(day).append(entry);
  }

  #fileOf(day: string): LedgerFile {
    const known = this.#days.get(day);
    if (known) return known;
    const file = new LedgerFile(this.#fs, join(this.#folder, day));
    this.#days.set(day, file);
    void this.#closePast(day);
    return file;
  }

  /** Files of days that are over are not held open. */
  async #closePast(current: string): Promise<void> {
    for (const [day, file] of this.#days) {
      if (day >= current) continue;
      this.#days.delete(day);
      await file.close().catch(() => undefined);
    }
  }
}
