import { claimFile } from './durable.ts';
import { TalosctlError } from './errors.ts';
import { textOf } from './receipt-files.ts';

/**
 * The claims on one boot of one machine by attempts of one kind: a file a generation, PATH, PATH.2, PATH.3, …, each naming an
 * attempt in one whole line. None is ever changed or removed, so the last one holds the boot at every instant, also across a kill -9.
 */
export interface BootClaim {
  /** 0 when nobody has claimed the boot. */
  generation: number;
  holder: string | undefined;
}

const fileOf = (path: string, generation: number): string => (generation === 1 ? path : `${path}.${generation}`);

async function holderOf(file: string): Promise<string | undefined> {
  const text = await textOf(file);
  // The beginning of an attempt id may be another attempt's id.
  if (text === undefined || /^\S+\n$/.test(text)) return text?.trimEnd();
  throw new TalosctlError('failed', `the claim ${file} can't be read, so nobody gets this boot; nothing was sent`);
}

/** Throws TalosctlError `failed` for a claim that can't be read. */
export async function lastClaim(path: string): Promise<BootClaim> {
  let last: BootClaim = { generation: 0, holder: undefined };
  for (;;) {
    const generation = last.generation + 1;
    const holder = await holderOf(fileOf(path, generation));
    if (holder === undefined) return last;
    last = { generation, holder };
  }
}

/** Makes the claim after `last`. Of any number of processes one does; false for the others. On disk when this returns. */
export async function claimAfter(last: BootClaim, path: string, attemptId: string): Promise<boolean> {
  return await claimFile(fileOf(path, last.generation + 1), `${attemptId}\n`);
}
