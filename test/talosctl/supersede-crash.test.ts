import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ProcessIdentity } from '../../src/host/process-identity.ts';
import type { Attempt } from '../../src/talosctl/attempt.ts';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import type { Receipts } from '../../src/talosctl/receipts.ts';
import { connection, install, notAborted } from './dispatch-fixture.ts';
import { type Ended, type Ground, ground, startDispatch } from './dispatch-process.ts';

const AT = '2026-11-22T10:00:00.000Z';
const DEAD: ProcessIdentity = { pid: 2 ** 22 - 1, startTime: '1', hostBootId: 'another boot' };

const first = install('attempt-1');
const second = install('attempt-2', { supersedes: ['attempt-1'] });
const rival = install('attempt-3', { supersedes: ['attempt-1'] });

const predecessors: Record<string, (receipts: Receipts) => Promise<void>> = {
  'absent after its claim': receipts => receipts.claimBoot(first),
  'never run': async receipts => {
    await receipts.claimBoot(first);
    await receipts.start(first, AT, DEAD);
  },
  lost: async receipts => {
    await receipts.claimBoot(first);
    await receipts.start(first, AT, DEAD);
    await receipts.recordProcess('attempt-1', DEAD);
  },
};

async function prepared(predecessor: (receipts: Receipts) => Promise<void>): Promise<Ground> {
  const here = await ground();
  await predecessor(here.receipts);
  return here;
}

async function holder(directory: string): Promise<string> {
  const names = (await readdir(join(directory, 'boots'))).filter(name => !name.endsWith('.tmp'));
  return (await readFile(join(directory, 'boots', names.sort().at(-1) ?? ''), 'utf8')).trimEnd();
}

/** Processes that are there already are let go in the same breath. */
async function atOnce(here: Ground, attempts: readonly Attempt[]): Promise<Ended[]> {
  const processes = await Promise.all(attempts.map(attempt => startDispatch(here, attempt)));
  return await Promise.all(processes.map(process => process.go()));
}

/** The same in this process, which is quicker. */
async function afterwards({ env, receipts }: Ground, attempts: readonly Attempt[]): Promise<boolean[]> {
  const dispatcher = { talosctl: { env, readTimeoutMs: 20_000 }, receipts, onStarted: () => undefined };
  const answers = attempts.map(attempt => dispatch(dispatcher, attempt, connection, notAborted()));
  return (await Promise.allSettled(answers)).map(answer => answer.status === 'fulfilled');
}

const isRunning = (ended: Ended): boolean => ended !== 'killed' && 'state' in ended;

/** Nobody starts or runs any more; what became of each attempt. */
async function states({ receipts }: Ground): Promise<Record<string, string>> {
  const read = async () => {
    const ids = ['attempt-1', 'attempt-2', 'attempt-3'];
    return Object.fromEntries(await Promise.all(ids.map(async id => [id, (await receipts.read(id)).state] as const)));
  };
  await vi.waitFor(async () => expect(Object.values(await read())).not.toContain('running'), 10_000);
  return await read();
}

describe.each(Object.entries(predecessors))('SAFETY 3b: a first attempt that is %s', (_, predecessor) => {
  it('gives the boot to one of many processes that want it at once, and one talosctl is let go', async () => {
    for (let round = 0; round < 3; round += 1) {
      const here = await prepared(predecessor);
      const wanted = [second, rival, first, second, rival, first];
      const ended = await atOnce(here, round % 2 === 0 ? wanted : wanted.toReversed());
      const after = await states(here);
      // Of processes that hinder each other all may give way; then nothing was sent, and the next one gets through.
      if (!ended.some(isRunning)) expect(await atOnce(here, [second])).toEqual([{ state: 'running' }]);
      await vi.waitFor(async () => expect(await here.sent()).toBe(1), 10_000);
      const sent = Object.entries(await states(here)).filter(([, state]) => state === 'exited');
      expect(sent.map(([id]) => id)).toEqual([await holder(here.directory)]);
      for (const one of ended)
        if (!isRunning(one))
          expect(one, JSON.stringify(after)).toMatchObject({
            errorClass: expect.stringMatching(/^(precondition|busy)$/),
          });
    }
  }, 60_000);

  it('killed -9 in front of any change of the disk: one holds the boot, one talosctl at most, and the next dispatch goes on', async () => {
    for (let cutAt = 1; ; cutAt += 1) {
      const here = await prepared(predecessor);
      const cut = await (await startDispatch(here, second, { cutAt })).go();
      const { 'attempt-2': state } = await states(here);
      const sentBefore = await here.sent();
      const label = `cut at ${cutAt}: ${state}`;
      expect(sentBefore, label).toBe(state === 'exited' ? 1 : 0);
      const accepted = await afterwards(here, [second, first, rival]);
      const after = await states(here);
      const isLost = after['attempt-2'] === 'lost';
      if (!isLost && !accepted.includes(true)) await afterwards(here, [second]);
      await states(here);
      expect(await here.sent(), `${label} ${JSON.stringify(after)}`).toBe(isLost ? 0 : 1);
      if (isLost) expect(await holder(here.directory), label).toBe('attempt-2');
      if (cut !== 'killed') {
        expect(cut).toEqual({ state: 'running' });
        expect(cutAt).toBeGreaterThan(10);
        break;
      }
    }
  }, 240_000);
});

describe('a never-run attempt', () => {
  it('killed -9 again in front of any change of the disk is dispatched by the next, and sent once', async () => {
    for (let cutAt = 1; ; cutAt += 1) {
      const here = await prepared(predecessors['never run'] ?? (async () => undefined));
      const cut = await (await startDispatch(here, first, { cutAt })).go();
      const isLost = (await states(here))['attempt-1'] === 'lost';
      expect(await afterwards(here, [first]), `cut at ${cutAt}`).toEqual([!isLost]);
      await states(here);
      expect(await here.sent(), `cut at ${cutAt}`).toBe(isLost ? 0 : 1);
      if (cut !== 'killed') break;
    }
  }, 240_000);
});
