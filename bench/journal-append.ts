import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../src/compose/clocks.ts';
import { openDivisionWriter } from '../src/division/directory.ts';
import { withHome } from './fleet.ts';
import { median, timed } from './measure.ts';
import type { Row } from './result.ts';

const ENTRIES = 300;
const OPERATION = 'op-0123456789abcdef';
const BARE = 'the same bytes, write and fdatasync';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** An entry appended and synced to disk, in turn with as many bytes written and synced by hand: the disk's own limit. */
export async function journalAppend(): Promise<Row[]> {
  return withHome(async home => {
    const division = await openDivisionWriter(home, { clock: systemClock, log: quiet });
    await division.openJournal(OPERATION);
    const raw = await open(join(home, 'raw'), 'a');
    const body = { kind: 'phase', name: 'bench' } as const;
    const line = Buffer.from(`${JSON.stringify({ sequence: 100, at: new Date().toISOString(), ...body })}\n`);
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let entry = 0; entry < ENTRIES; entry += 1) {
      const at = new Date().toISOString();
      ours.push(await timed(() => division.append(OPERATION, body, at)));
      bare.push(
        await timed(async () => {
          await raw.write(line);
          await raw.datasync();
        }),
      );
    }
    await raw.close();
    await division.release();
    const note = `median of ${ENTRIES} entries`;
    return [
      { what: 'journal append with fsync', unit: 'ms', value: median(ours), peers: { [BARE]: median(bare) }, note },
    ];
  });
}
