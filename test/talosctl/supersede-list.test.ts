import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../../src/host/process-identity.ts';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import { Receipts } from '../../src/talosctl/receipts.ts';
import { bench, connection, install, machineAnswers, notAborted } from './dispatch-fixture.ts';

const AT = '2026-11-22T10:00:00.000Z';
const DEAD: ProcessIdentity = { pid: 2 ** 22 - 1, startTime: '1', hostBootId: 'another boot' };

/** How far an attempt came before it was proved not to have been started. */
const points = ['unclaimed', 'claimed', 'never-run', 'lost', 'exited 1'] as const;
type Point = (typeof points)[number];

const id = (ordinal: number): string => `attempt-${ordinal}`;
/** The attempt of that ordinal, which names every one before it. */
const nth = (ordinal: number, supersedes = Array.from({ length: ordinal - 1 }, (_, index) => id(index + 1))) =>
  install(id(ordinal), supersedes.length > 0 ? { supersedes } : {});

async function plant(receipts: Receipts, ordinal: number, point: Point): Promise<void> {
  if (point === 'unclaimed') return;
  await receipts.claimBoot(nth(ordinal));
  if (point === 'claimed') return;
  await receipts.start(nth(ordinal), AT, DEAD);
  if (point === 'never-run') return;
  await receipts.recordProcess(id(ordinal), DEAD);
  if (point === 'exited 1') await writeFile(join(receipts.folder(id(ordinal)), 'exited'), '1\n');
}

const refused = { errorClass: 'precondition' };

describe('SAFETY 3b: an attempt names every earlier one of this boot that was proved not to have been started', () => {
  it('one that failed before its claim does not stand between the boot and the attempt after it', async () => {
    const { receipts, dispatcher, settled, fake } = await bench(machineAnswers());
    await plant(receipts, 1, 'lost');
    await plant(receipts, 2, 'unclaimed');
    await expect(dispatch(dispatcher, nth(3, [id(2)]), connection, notAborted())).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('by attempt attempt-1, not by attempt-2, which attempt-3 is to supersede'),
    });
    expect(await dispatch(dispatcher, nth(3), connection, notAborted())).toMatchObject({ state: 'running' });
    await settled();
    for (const late of [nth(1), nth(2)]) {
      await expect(dispatch(dispatcher, late, connection, notAborted())).rejects.toMatchObject(refused);
    }
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('one of several that runs, or exited 0, keeps the boot', async () => {
    const { receipts, dispatcher, settled, fake } = await bench(machineAnswers());
    await plant(receipts, 1, 'lost');
    await dispatch(dispatcher, nth(2), connection, notAborted());
    await settled();
    await expect(dispatch(dispatcher, nth(3), connection, notAborted())).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('attempt-2, which attempt-3 is to supersede, exited 0'),
    });
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('one that is itself among them is an invalid argument', async () => {
    const { dispatcher, fake } = await bench(machineAnswers());
    const own = dispatch(dispatcher, nth(2, [id(1), id(2)]), connection, notAborted());
    await expect(own).rejects.toMatchObject({ errorClass: 'invalid_argument' });
    expect(await fake.calls()).toEqual([]);
  });

  test.prop([fc.array(fc.constantFrom(...points), { minLength: 1, maxLength: 6 }), fc.nat()], { numRuns: 60 })(
    'wherever each of them stopped: who names all has the boot, alone; who leaves its holder out has not; no earlier one comes after',
    async (stopped, left) => {
      const receipts = new Receipts(await mkdtemp(join(tmpdir(), 'receipts-')));
      for (const [index, point] of stopped.entries()) await plant(receipts, index + 1, point);
      const next = stopped.length + 1;
      const holder = stopped.findLastIndex(point => point !== 'unclaimed') + 1;
      const all = nth(next).supersedes ?? [];
      const some = all.filter(name => name !== (holder === 0 ? id((left % next) + 1) : id(holder)));
      const withoutHolder = receipts.claimBoot(nth(next, some));
      if (holder === 0) await withoutHolder;
      else await expect(withoutHolder).rejects.toMatchObject(refused);

      const rivals = holder === 0 ? [nth(next)] : [nth(next), nth(next + 1, all), nth(next + 2, all)];
      const claims = await Promise.allSettled(rivals.map(rival => receipts.claimBoot(rival)));
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const ordinal of stopped.keys()) {
        await expect(receipts.claimBoot(nth(ordinal + 1))).rejects.toMatchObject(refused);
      }
    },
  );
});

describe('what is killed -9 between the end of talosctl and its receipt', () => {
  it.each([
    ['the recorder, by talosctl’s last breath', ['talosctl', 'upgrade*) kill -9 $PPID; exit 0;;']],
    ['the recorder, when it puts its exit in place', ['mv', 'exited.tmp*) kill -9 $PPID; exit 0;;']],
  ] as const)('%s: lost, never sent again; another attempt is sent once', async (_, [tool, last]) => {
    const { receipts, dispatcher, fake } = await bench(machineAnswers());
    const real = `${fake.folder}/real-${tool}`;
    if (tool === 'talosctl') await writeFile(real, await readFile(fake.path), { mode: 0o755 });
    else await writeFile(real, '#!/bin/sh\nexec /bin/mv "$@"\n', { mode: 0o755 });
    const killing = `#!/bin/sh\n[ -e ${fake.folder}/well ] || case "$*" in ${last} esac\nexec ${real} "$@"\n`;
    await writeFile(join(fake.folder, tool), killing, { mode: 0o755 });

    await dispatch(dispatcher, nth(1), connection, notAborted());
    await expect.poll(async () => (await receipts.read(id(1))).state, { timeout: 10_000 }).toBe('lost');
    await appendFile(join(fake.folder, 'well'), '');
    await expect(dispatch(dispatcher, nth(1), connection, notAborted())).rejects.toMatchObject(refused);
    await dispatch(dispatcher, nth(2), connection, notAborted());
    await expect.poll(async () => (await receipts.read(id(2))).state, { timeout: 10_000 }).toBe('exited');
    expect(await fake.callsOf('upgrade')).toHaveLength(tool === 'talosctl' ? 1 : 2);
  });
});
