import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/compose/clocks.ts';
import { openDivisionWriter } from '../src/division/directory.ts';
import { median, rounded, timed } from './measure.ts';

const ENTRIES = 300;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** An entry appended and fsynced, against the same bytes written and fsynced by hand: the disk's own limit. */
export async function journalAppend(): Promise<Record<string, unknown>> {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-bench-'));
  const division = await openDivisionWriter(home, { clock: systemClock, log: quiet });
  await division.openJournal('op-0123456789abcdef');
  const raw = await open(join(home, 'raw'), 'a');
  const line = Buffer.from(
    `${JSON.stringify({ sequence: 1, at: new Date().toISOString(), kind: 'phase', name: 'bench' })}\n`,
  );
  const [ours, limit]: [number[], number[]] = [[], []];
  for (let entry = 0; entry < ENTRIES; entry += 1) {
    const at = new Date().toISOString();
    ours.push(await timed(() => division.append('op-0123456789abcdef', { kind: 'phase', name: 'bench' }, at)));
    limit.push(
      await timed(async () => {
        await raw.write(line);
        await raw.datasync();
      }),
    );
  }
  await raw.close();
  await division.release();
  await rm(home, { recursive: true, force: true });
  return {
    milliseconds: rounded(median(ours), 3),
    write_and_datasync_milliseconds: rounded(median(limit), 3),
    ratio: rounded(median(ours) / median(limit)),
  };
}
