import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type { HandoffDecision } from '../../../src/ports/handoffs.ts';
import { FailingDisk } from '../fixtures/failing-disk.ts';
import { aHandoff, aHome, type Home, OURS } from './home.ts';

const ID = 'coo-to-containers-expand-7';
const FILE = `${OURS}/${ID}.json`;
const decide = (action: HandoffDecision['action'], change: Partial<HandoffDecision> = {}): HandoffDecision => ({
  action,
  principal: 'operator',
  ...change,
});

let home: Home;
beforeEach(async () => {
  home = await aHome();
  await home.lay(FILE, aHandoff());
});

describe('a handoff', () => {
  test('R169: is accepted, then completed, and its sender told of both', async () => {
    const handoffs = home.open();
    const accepted = await handoffs.handle(ID, decide('accept'));
    expect(accepted).toMatchObject({ isRepeated: false, handoff: { state: 'accepted' } });
    expect(await home.read(`${OURS}/containers-to-coo-expand-7-accepted.json`)).toMatchObject({
      status: 'in_progress',
      in_response_to: ID,
    });
    expect((await handoffs.incoming()).handoffs).toMatchObject([
      { id: ID, state: 'accepted', clock: { state: 'met' } },
    ]);
    home.clock.ms += 3_600_000;
    const completed = await handoffs.handle(ID, decide('complete', { note: 'five nodes', context: { nodes: 5 } }));
    expect(completed.reply?.handoffId).toBe('containers-to-coo-expand-7');
    expect(await home.read(`${OURS}/outgoing/containers-to-coo-expand-7.json`)).toMatchObject({
      status: 'completed',
      in_response_to: ID,
      context: { note: 'five nodes', nodes: 5 },
      completed_at: '2026-11-22T11:00:00.000Z',
    });
    expect((await handoffs.incoming()).handoffs).toEqual([]);
    expect(await handoffs.one(ID)).toMatchObject({
      state: 'completed',
      steps: [{ by: 'operator' }, { note: 'five nodes' }],
    });
  });

  test('D2, D6: of which every field is written back beside it when it ends; the sender’s file stays as it was', async () => {
    const fields = aHandoff({
      dependencies: ['x'],
      progress_updates: [{ progress_pct: 40 }],
      'x-unknown': { a: [1, null] },
    });
    await home.lay(FILE, JSON.stringify(fields, null, 3));
    await home.open().handle(ID, decide('reject', { note: 'no room' }));
    expect(await home.read(`${FILE}.processed`)).toEqual({
      ...fields,
      status: 'rejected',
      rejected_at: '2026-11-22T10:00:00.000Z',
      handled_by: 'containers (operator)',
    });
    expect(await readFile(join(home.coordination, FILE), 'utf8')).toBe(JSON.stringify(fields, null, 3));
  });

  test('in two places is marked in both, in a peer’s folder in none', async () => {
    await home.lay(`${OURS}/incoming/other.json`, aHandoff());
    await home.lay('divisions/workflows/handoffs/containers/copy.json', aHandoff());
    await home.open().handle(ID, decide('complete'));
    const marks = (await home.files()).filter(file => file.endsWith('.processed'));
    expect(marks).toEqual([`${FILE}.processed`, `${OURS}/incoming/other.json.processed`]);
    expect((await home.open().incoming()).handoffs).toEqual([]);
  });

  test('that can’t be written back without loss is marked by its id only', async () => {
    await home.lay(FILE, JSON.stringify(aHandoff()).replace('{', '{"amount":12345678901234567890,'));
    await home.open().handle(ID, decide('complete'));
    expect(await home.read(`${FILE}.processed`)).toEqual({
      handoff_id: ID,
      status: 'completed',
      completed_at: '2026-11-22T10:00:00.000Z',
      handled_by: 'containers (operator)',
    });
  });

  test('is done once: the same again changes nothing, the contrary is refused', async () => {
    await home.open().handle(ID, decide('complete', { note: 'first' }));
    const before = await home.files();
    home.clock.ms += 1000;
    expect(await home.open().handle(ID, decide('complete', { note: 'second' }))).toMatchObject({
      isRepeated: true,
      reply: { handoffId: 'containers-to-coo-expand-7' },
      handoff: { steps: [{ note: 'first' }] },
    });
    await expect(home.open().handle(ID, decide('reject', { note: 'no' }))).rejects.toMatchObject({
      code: 'OPERATION_CONFLICT',
      message: 'it was completed at 2026-11-22T10:00:00.000Z and stays so',
    });
    expect(await home.files()).toEqual(before);
  });

  test('whose answer was archived is not answered again', async () => {
    const { reply } = await home.open().handle(ID, decide('complete'));
    for (const path of reply?.paths ?? []) await rm(join(home.coordination, path));
    const before = await home.files();
    home.clock.ms += 60_000;
    await home.open().incoming();
    expect(await home.files()).toEqual(before);
  });

  test('laid again after it ended stays ended; with another content it is a conflict', async () => {
    await home.open().handle(ID, decide('complete'));
    await home.lay(`${OURS}/incoming/again.json`, JSON.stringify(aHandoff(), null, 2));
    expect((await home.open().incoming()).handoffs).toEqual([]);
    await home.lay(`${OURS}/incoming/again.json`, aHandoff({ priority: 'critical' }));
    expect((await home.open().incoming()).handoffs).toMatchObject([
      { id: ID, conflict: 'its content changed after it was completed' },
    ]);
    await home.lay(FILE, aHandoff({ priority: 'low' }));
    expect((await home.open().incoming()).handoffs).toMatchObject([
      { conflict: 'files with this id say different things' },
    ]);
  });

  test('that changed after it was accepted is accepted anew before it is completed', async () => {
    await home.open().handle(ID, decide('accept'));
    await home.lay(FILE, aHandoff({ context: { summary: 'Add three workers' } }));
    await expect(home.open().handle(ID, decide('complete'))).rejects.toMatchObject({ code: 'OPERATION_CONFLICT' });
    await home.open().handle(ID, decide('accept'));
    await home.open().handle(ID, decide('complete'));
    expect(await home.open().one(ID)).toMatchObject({ steps: [{}, {}, { action: 'complete' }] });
  });

  test('that answers one of ours is not answered again', async () => {
    const sent = await home.open().send({
      to: 'infra',
      handoffType: 'coordination',
      priority: 'low',
      taskId: 'nodes-1',
      context: { summary: 's' },
    });
    await home.lay(`${OURS}/infra-to-containers-r.json`, aHandoff({ handoff_id: 'r', in_response_to: sent.handoffId }));
    expect(await home.open().handle('r', decide('complete'))).toMatchObject({ reply: undefined });
    expect((await home.open().outgoing()).handoffs).toHaveLength(1);
  });

  test('leaves no secret in anything that is written about it', async () => {
    const secret = 'hunter2hunter2';
    await home.lay(
      FILE,
      aHandoff({ password: secret, context: { summary: `password: ${secret}`, kubeconfig: { token: secret } } }),
    );
    await home.open().handle(ID, decide('accept', { note: `password=${secret}`, context: { password: secret } }));
    await home.open().handle(ID, decide('complete', { note: `password=${secret}` }));
    for (const file of (await home.files()).filter(name => name !== FILE)) {
      expect([file, await readFile(join(home.coordination, file), 'utf8')]).not.toEqual([
        file,
        expect.stringContaining(secret),
      ]);
    }
  });

  test.each(['../../../etc/passwd', 'a/b', '', 'no-such-one'])('%j is not there', async id => {
    await expect(home.open().handle(id, decide('accept'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await home.files()).toEqual([FILE]);
  });

  test('whose id is a path is handled by the mark of it, inside the directory', async () => {
    await home.lay(FILE, aHandoff({ handoff_id: '../../../../tmp/x' }));
    const [handoff] = (await home.open().incoming()).handoffs;
    await home.open().handle(handoff?.id ?? '', decide('complete'));
    for (const file of await home.files()) expect(file).toMatch(/^divisions\/containers\/handoffs\//);
  });
});

describe('front ends at the same time', () => {
  test('decide one way: one is first, the others are told', async () => {
    const decisions: HandoffDecision['action'][] = Array.from({ length: 10 }, (_, index) =>
      index % 2 === 0 ? 'complete' : 'reject',
    );
    const outcomes = await Promise.allSettled(
      decisions.map((action, index) => home.open().handle(ID, decide(action, { note: `number ${index}` }))),
    );
    const done = outcomes.filter(outcome => outcome.status === 'fulfilled').map(({ value }) => value);
    expect(done.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1);
    const handoff = await home.open().one(ID);
    expect(handoff?.steps).toHaveLength(1);
    expect(new Set(done.map(({ handoff: seen }) => seen.state)).size).toBe(1);
    const replies = (await home.files()).filter(file => file.includes('/outgoing/'));
    expect(replies).toHaveLength(1);
  });

  test('also as processes of their own', async () => {
    const script = fileURLToPath(new URL('fixtures/handle.ts', import.meta.url));
    const run = (note: string) =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', script, home.directory, ID, note]);
    const outcomes = await Promise.all(['one', 'two', 'three'].map(run));
    const said = outcomes.map(({ stdout }) => JSON.parse(stdout) as { isRepeated: boolean; reply: string });
    expect(said.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1);
    expect(new Set(said.map(({ reply }) => reply)).size).toBe(1);
    expect((await home.open().one(ID))?.steps).toHaveLength(1);
  });
});

test('a process that ends while it handles, at any of its steps, leaves it open or is finished, and the sender is told once', async () => {
  const counting = new FailingDisk();
  await home.open(counting).handle(ID, decide('complete'));
  const calls = counting.calls.length;
  let finished = 0;
  for (let stopAt = 1; stopAt <= calls; stopAt += 1) {
    home = await aHome();
    await home.lay(FILE, aHandoff());
    const disk = new FailingDisk();
    disk.refusing = { from: stopAt, code: 'EIO' };
    await expect(home.open(disk).handle(ID, decide('complete'))).rejects.toThrow();
    home.clock.ms += 60_000;
    const { handoffs } = await home.open().incoming();
    const isOpen = handoffs.length === 1;
    if (isOpen) await home.open().handle(ID, decide('complete'));
    else finished += 1;
    const visible = (await home.files()).filter(file => !/\/\.[^/]*\.tmp$/.test(file) && !file.includes('/handled/'));
    expect(visible).toEqual(
      [
        FILE,
        `${FILE}.processed`,
        `${OURS}/containers-to-coo-expand-7.json`,
        `${OURS}/outgoing/containers-to-coo-expand-7.json`,
      ].sort(),
    );
  }
  process.stdout.write(`handling cut off at each of ${calls} calls: ${finished} finished by the next look\n`);
  expect(finished).toBeGreaterThan(5);
});

test('a record of ours that can’t be read is said, and nothing is decided on it', async () => {
  await home.open().handle(ID, decide('accept'));
  const record = (await home.files()).find(file => file.includes('/handled/') && file.endsWith('.json')) ?? '';
  await home.lay(record, '{');
  expect((await home.open().incoming()).handoffs).toMatchObject([
    { id: ID, conflict: 'our record of what was done with it cannot be read' },
  ]);
  await expect(home.open().handle(ID, decide('accept'))).rejects.toMatchObject({ code: 'OPERATION_CONFLICT' });
  expect(home.log.events).toContain('handoffs.record_unreadable');
});
