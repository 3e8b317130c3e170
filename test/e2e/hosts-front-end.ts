/** A front end driven by hand, message by message, so that it can be ended at a chosen instant. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import { program } from './command-line.ts';
import type { Home } from './division-home.ts';

const Message = z.looseObject({ id: z.number().optional() });

export type Ending = 'end of stdin' | 'SIGTERM' | 'SIGKILL';
export const endings: readonly Ending[] = ['end of stdin', 'SIGTERM', 'SIGKILL'];

export class HandFrontEnd {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #exitCode: Promise<number | null>;
  readonly #answers = new Map<number, () => void>();
  #id = 0;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.#child = child;
    this.#exitCode = new Promise(resolve => child.once('exit', resolve));
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', line => {
      const { id } = Message.parse(JSON.parse(line));
      if (id !== undefined) this.#answers.get(id)?.();
    });
  }

  /** Started and initialized. */
  static async start(home: Home): Promise<HandFrontEnd> {
    const child = spawn(process.execPath, [program, '--home', home.directory, '--log-level', 'error'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...home.environment },
    });
    const front = new HandFrontEnd(child);
    const clientInfo = { name: 'by-hand', version: '1.0.0' };
    await front.#ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
    front.#send({ method: 'notifications/initialized' });
    return front;
  }

  /** Calls a tool and returns while it is under way: what was sent after it has been answered. */
  async begin(name: string, given: Record<string, unknown>): Promise<void> {
    this.#send({ id: this.#nextId(), method: 'tools/call', params: { name, arguments: given } });
    await this.#ask('ping', {});
  }

  /** Ends it, and waits until the process is gone: its exit code, null after a signal that it did not handle. */
  async end(how: Ending): Promise<number | null> {
    if (how === 'end of stdin') this.#child.stdin.end();
    else this.#child.kill(how);
    return this.#exitCode;
  }

  #nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  #send(message: Record<string, unknown>): void {
    this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #ask(method: string, params: Record<string, unknown>): Promise<void> {
    const id = this.#nextId();
    return new Promise((resolve, reject) => {
      this.#answers.set(id, resolve);
      void this.#exitCode.then(() => reject(new Error(`the front end ended before it answered ${method}`)));
      this.#send({ id, method, params });
    });
  }
}

/** Ids of this home's executors that run now, also of those that hold no lock. */
export async function executorsOf(home: Home): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async pid => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      return words.includes(home.directory) && words.includes('executor') ? [pid] : [];
    }),
  );
  return found.flat();
}
