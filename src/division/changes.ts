import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { knowledgeFiles } from '../model/knowledge.ts';
import type { Log } from '../ports.ts';
import { HandoffLooks } from './handoffs/looks.ts';
import { isRecordId, type Layout } from './layout.ts';
import { lookAtLedger } from './token-ledger/look.ts';

const POLL_MS = 500;
/** A look takes at most this share of the time, however many records there are. */
const POLL_SHARE = 0.05;
const SETTLE_MS = 20;
const PLAN_FILE = /^([0-9a-f]{64})\.json$/;
const CONTEXT_ADDRESSES = {
  'division-state': 'gm://division/state',
  'cluster-status': 'gm://division/cluster-status',
} as const;

type Listener = (address: string) => void;
/** Address -> what its file looked like. */
type Looks = Map<string, string>;

/** An empty file, such as a journal just made, holds nothing to tell of. */
function look(path: string): string | undefined {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stat?.isFile() && stat.size > 0n ? `${stat.ino}:${stat.size}:${stat.mtimeNs}` : undefined;
  } catch {
    return undefined;
  }
}

function namesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function lookAtAll(layout: Layout, handoffs: HandoffLooks): Looks {
  const looks: Looks = new Map();
  const note = (address: string, path: string) => {
    const seen = look(path);
    if (seen !== undefined) looks.set(address, seen);
  };
  for (const id of namesOf(layout.operations)) {
    if (!isRecordId(id)) continue;
    note(`gm://operations/${id}/events`, layout.journal(id));
    note(`gm://operations/${id}`, layout.record(id));
  }
  for (const name of namesOf(layout.plans)) {
    const hash = PLAN_FILE.exec(name)?.[1];
    if (hash !== undefined) note(`gm://plans/${hash}`, join(layout.plans, name));
  }
  for (const [name, address] of Object.entries(CONTEXT_ADDRESSES)) note(address, layout.contextFile(name));
  for (const file of knowledgeFiles) note(`gm://knowledge/${file}`, layout.knowledgeFile(file));
  const ledger = lookAtLedger(layout.directory);
  if (ledger !== undefined) looks.set('gm://division/budget', ledger);
  handoffs.look((address, seen) => looks.set(address, seen));
  return looks;
}

function changesBetween(before: Looks, now: Looks): string[] {
  const changed = [...now].filter(([address, seen]) => before.get(address) !== seen).map(([address]) => address);
  const removed = [...before.keys()].filter(address => !now.has(address));
  return [...changed, ...removed];
}

interface Watcher {
  on(event: 'all' | 'error', listener: () => void): unknown;
  close(): Promise<void>;
}

async function openWatcher(layout: Layout, handoffs: HandoffLooks): Promise<Watcher> {
  const { watch } = await import('chokidar');
  return watch([layout.operations, layout.plans, layout.context, layout.knowledge, ...handoffs.watched], {
    persistent: false,
    ignoreInitial: true,
    followSymlinks: false,
    depth: 1,
  });
}

/**
 * Tells listeners which gm:// records changed. What a change is, only a look at the files decides, so one change is told once;
 * the file watcher merely brings the next look forward, and where it sees nothing (network disks, folders made later) the poll
 * does. Nothing here keeps a process alive.
 */
export class ChangeFeed {
  readonly #layout: Layout;
  readonly #log: Log;
  readonly #handoffs: HandoffLooks;
  readonly #listeners = new Set<Listener>();
  #before: Looks = new Map();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #watcher: Promise<Watcher | undefined> | undefined;

  constructor(layout: Layout, log: Log) {
    this.#layout = layout;
    this.#handoffs = new HandoffLooks(layout.directory);
    this.#log = log;
  }

  /** Calls `listener` for each change from now on, until the returned function is called. */
  listen(listener: Listener): () => void {
    const own: Listener = address => listener(address);
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#stop();
    };
  }

  #start(): void {
    this.#before = lookAtAll(this.#layout, this.#handoffs);
    this.#schedule(POLL_MS);
    this.#watcher = this.#watch();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const watcher = this.#watcher;
    this.#watcher = undefined;
    void watcher?.then(open => open?.close());
  }

  /** Without a watcher (no inotify instances left, say) there is still the poll. */
  async #watch(): Promise<Watcher | undefined> {
    try {
      const watcher = await openWatcher(this.#layout, this.#handoffs);
      watcher.on('all', () => this.#schedule(SETTLE_MS));
      watcher.on('error', () => undefined);
      return watcher;
    } catch {
      return undefined;
    }
  }

  /** Looks after `delayMs`, or earlier when a look is due before that. */
  #schedule(delayMs: number): void {
    if (this.#listeners.size === 0) return;
    const dueAt = performance.now() + delayMs;
    if (this.#timer !== undefined && this.#dueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.#tell(), delayMs);
    this.#timer.unref();
  }

  #tell(): void {
    this.#timer = undefined;
    const startedAt = performance.now();
    const now = lookAtAll(this.#layout, this.#handoffs);
    const changed = changesBetween(this.#before, now);
    this.#before = now;
    this.#schedule(Math.max(POLL_MS, (performance.now() - startedAt) / POLL_SHARE));
    for (const address of changed) for (const listener of this.#listeners) this.#call(listener, address);
  }

  /** One listener's fault must not silence the others. */
  #call(listener: Listener, address: string): void {
    try {
      listener(address);
    } catch (error) {
      this.#log.error('division.listener_failed', { address, error });
    }
  }
}
