import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { DivisionError } from '../../../src/errors.ts';
import { corpus } from './corpus.ts';
import { aHome, type Home, NOW_MS, OURS } from './home.ts';

/** Everything around the division's own directory and the two folders it may write to, with its content. */
async function around(home: Home): Promise<string> {
  const root = join(home.coordination, '..');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const others = files.filter(
    file => !file.startsWith(home.directory) && !/\/(?:escalations|masters\/coordinator\/handoffs)\//.test(file),
  );
  return JSON.stringify(await Promise.all(others.sort().map(async file => [file, await readFile(file, 'utf8')])));
}

/** Handles everything there is in every way; throws only what the product throws on purpose. */
async function handleAll(home: Home, ids: readonly string[]): Promise<void> {
  const handoffs = home.open();
  for (const id of ids) {
    for (const action of ['accept', 'complete'] as const) {
      await handoffs.handle(id, { action, note: 'n', principal: 'operator' }).catch((error: unknown) => {
        if (!(error instanceof DivisionError) || error.code === 'INTERNAL') throw error;
      });
    }
  }
}

test('R161, R166: the whole corpus in one inbox: every file is read or put aside, and nothing is written outside', async () => {
  const home = await aHome();
  await home.lay('divisions/monitoring/context/division-state.json', { division: 'monitoring' });
  for (const { file, bytes } of corpus) await home.lay(`${OURS}/incoming/${file}`, bytes, NOW_MS - 16 * 60_000);
  const before = await around(home);
  const { handoffs, unreadable } = await home.open().incoming();
  const sources = handoffs.flatMap(({ versions }) => versions.flatMap(version => version.sources));
  const isWithdrawn = corpus.length - sources.length - unreadable.length;
  expect(unreadable).toHaveLength(corpus.filter(file => file.unreadable !== undefined).length);
  expect(isWithdrawn).toBe(0);
  await handleAll(
    home,
    handoffs.map(({ id }) => id),
  );
  expect(await around(home)).toBe(before);
  const open = (await home.open().incoming()).handoffs;
  // What is left says two things under one id.
  expect(open.filter(({ conflict }) => conflict === undefined)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}, 120_000);

const name = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('coo-to-containers-x', 'alert-x', '..', '...', '-rf'),
  )
  .map(text => `${text.replaceAll(/[/\0]/g, '_')}.json`);
const text = fc.oneof(
  fc.constantFrom(...corpus.filter(({ bytes }) => bytes.length < 5000).map(({ bytes }) => bytes)),
  fc.uint8Array({ maxLength: 300 }),
  fc
    .record({
      handoff_id: fc.string({ unit: 'binary' }),
      task_id: fc.string({ unit: 'binary' }),
      from: fc.string(),
      context: fc.json(),
    })
    .map(fields => Buffer.from(JSON.stringify(fields))),
);

test('R166: any files under any names: never a throw, never a byte outside', async () => {
  const home = await aHome();
  await mkdir(join(home.directory, 'handoffs', 'incoming'), { recursive: true });
  await home.lay('divisions/monitoring/x.json', { a: 1 });
  const before = await around(home);
  const folders = ['handoffs', join('handoffs', 'incoming'), join('handoffs', 'outgoing')];
  await mkdir(join(home.directory, 'handoffs', 'outgoing'), { recursive: true });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...folders), name, text), { maxLength: 5 }), async files => {
      for (const [folder, file, content] of files) {
        // A name that the disk itself refuses can't be in an inbox.
        await writeFile(join(home.directory, folder, file), content).catch(() => undefined);
      }
      home.clock.ms += 61_000;
      const { handoffs } = await home.open().incoming();
      await handleAll(
        home,
        handoffs.slice(0, 3).map(({ id }) => id),
      );
      await home.open().outgoing();
    }),
    { numRuns: 25 },
  );
  expect(await around(home)).toBe(before);
}, 60_000);

test('R166: any request to send: sent inside or refused, never a byte outside', async () => {
  const home = await aHome();
  const before = await around(home);
  const some = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('../../x', '/etc/x', 'coo', 'prime', 'security', '__proto__'),
  );
  await fc.assert(
    fc.asyncProperty(
      some,
      some,
      some,
      fc.dictionary(fc.string(), fc.jsonValue()),
      async (to, handoffType, taskId, context) => {
        await home
          .open()
          .send({ to, handoffType, priority: 'low', taskId, context: { summary: 's', ...context } })
          .catch((error: unknown) => {
            if (!(error instanceof DivisionError) || error.code !== 'INPUT_INVALID') throw error;
          });
        await home
          .open()
          .send({ to: 'prime', handoffType: 'escalation', priority: 'low', taskId, context: { summary: 's' } })
          .catch((error: unknown) => {
            if (!(error instanceof DivisionError) || error.code !== 'INPUT_INVALID') throw error;
          });
      },
    ),
    { numRuns: 40 },
  );
  expect(await around(home)).toBe(before);
  for (const file of await home.files()) {
    expect(file).toMatch(/^(?:divisions\/containers\/handoffs|escalations|masters\/coordinator\/handoffs)\//);
  }
}, 60_000);
