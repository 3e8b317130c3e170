/** Processor time of executor and contractor for cordon, drain and uncordon of the workers of an upgrade: what kubectl does of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry } from '../src/model/journal.ts';
import { divisionOf, processorSecondsOf } from './executor.ts';

const LOOK_EVERY_MS = 3;
const DEADLINE_MS = 240_000;

/** Entries of an operation's journal soon after they were written, to its end. */
async function* entriesOf(home: string, operationId: string): AsyncGenerator<JournalEntry> {
  const journal = join(divisionOf(home), 'operations', operationId, 'journal.jsonl');
  const deadline = performance.now() + DEADLINE_MS;
  for (let known = 0; performance.now() < deadline; ) {
    const lines = (await readFile(journal, 'utf8').catch(() => '')).split('\n').slice(known, -1);
    known += lines.length;
    for (const line of lines) {
      const entry = JSON.parse(line) as JournalEntry;
      yield entry;
      if (entry.kind === 'finished' || entry.kind === 'stopped') return;
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`${operationId} did not end`);
}

const isOf = (entry: JournalEntry, kind: 'intent' | 'outcome', effect: 'cordon' | 'uncordon'): boolean =>
  entry.kind === kind && entry.effect.kind === effect;

/** From the intent of the cordon to the node seen drained, and from the intent of the uncordon to its outcome. */
const begins = (entry: JournalEntry): boolean => isOf(entry, 'intent', 'cordon') || isOf(entry, 'intent', 'uncordon');
const ends = (entry: JournalEntry): boolean =>
  isOf(entry, 'outcome', 'uncordon') || (entry.kind === 'observed' && entry.state === 'installing');

export interface DrainCost {
  /** Processor seconds of all drains and uncordons together. */
  seconds: number;
  nodes: number;
}

/** Follows an operation to its end; throws when that is no success. */
export async function drainCost(
  home: string,
  operationId: string,
  isCounted: (node: string) => boolean,
): Promise<DrainCost> {
  const cost: DrainCost = { seconds: 0, nodes: 0 };
  let since: number | undefined;
  for await (const entry of entriesOf(home, operationId)) {
    if (entry.kind === 'stopped') throw new Error(`${operationId} stopped: ${entry.reason}`);
    const node = nodeOf(entry);
    if (node === undefined || !isCounted(node)) continue;
    if (begins(entry)) since ??= await processorSecondsOf(home);
    else if (ends(entry) && since !== undefined) {
      cost.seconds += (await processorSecondsOf(home)) - since;
      since = undefined;
      if (isOf(entry, 'outcome', 'uncordon')) cost.nodes += 1;
    }
  }
  return cost;
}

function nodeOf(entry: JournalEntry): string | undefined {
  if (entry.kind === 'observed') return entry.node;
  if (entry.kind !== 'intent' && entry.kind !== 'outcome') return undefined;
  return 'node' in entry.effect ? entry.effect.node : undefined;
}
