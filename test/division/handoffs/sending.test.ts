import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { HandoffToSend } from '../../../src/ports/handoffs.ts';
import { FailingDisk } from '../fixtures/failing-disk.ts';
import { aHome, type Home, OURS } from './home.ts';

let home: Home;
beforeEach(async () => {
  home = await aHome();
});

const toCoo = (change: Partial<HandoffToSend> = {}): HandoffToSend => ({
  to: 'coo',
  handoffType: 'coordination',
  priority: 'high',
  taskId: 'expand-7',
  context: { summary: 'Two workers more' },
  ...change,
});
const bytes = (path: string) => readFile(join(home.coordination, path), 'utf8');

describe('what is sent', () => {
  test('R79: lies in outgoing/ and flat, the same bytes', async () => {
    const sent = await home.open().send(toCoo());
    expect(sent).toEqual({
      handoffId: 'containers-to-coo-expand-7',
      paths: [`${OURS}/outgoing/containers-to-coo-expand-7.json`, `${OURS}/containers-to-coo-expand-7.json`],
      isRedacted: false,
    });
    const [canonical, flat] = await Promise.all(sent.paths.map(bytes));
    expect(flat).toBe(canonical);
    expect(await home.files()).toEqual([...sent.paths].sort());
    expect((await home.open().outgoing()).handoffs).toMatchObject([
      { id: 'containers-to-coo-expand-7', state: 'waiting', conflict: undefined },
    ]);
  });

  test('R88, D8: to Cortex Prime also lies among the escalations', async () => {
    const { paths } = await home.open().send(toCoo({ to: 'prime', handoffType: 'escalation' }));
    expect(paths).toContain('escalations/containers-to-prime-expand-7.json');
    expect(await home.read('escalations/containers-to-prime-expand-7.json')).toMatchObject({ to: 'cortex-prime' });
  });

  test('D1: to a master also lies where its scripts look, and takes the place of nobody’s task', async () => {
    await home.lay('masters/coordinator/handoffs/to-development-expand-7.json', { task_id: 'somebody else’s' });
    const { paths } = await home.open().send(toCoo({ to: 'development', taskId: 'runner-1' }));
    expect(paths).toContain('masters/coordinator/handoffs/to-development-runner-1.json');
    expect(await home.read(paths[2] ?? '')).toMatchObject({ task_id: 'runner-1', task_data: { id: 'runner-1' } });
    const second = await home.open().send(toCoo({ to: 'development' }));
    expect(second.paths[2]).toBe('masters/coordinator/handoffs/to-development-containers-to-dev-expand-7.json');
    expect(await home.read('masters/coordinator/handoffs/to-development-expand-7.json')).toEqual({
      task_id: 'somebody else’s',
    });
  });

  test('R80: a second of the same name is -002, and overwrites nothing, wherever the name is taken', async () => {
    const handoffs = home.open();
    const first = await handoffs.send(toCoo());
    const before = await bytes(first.paths[0] ?? '');
    home.clock.ms += 1;
    expect((await handoffs.send(toCoo())).handoffId).toBe('containers-to-coo-expand-7-002');
    expect(await bytes(first.paths[0] ?? '')).toBe(before);
    await home.lay(`${OURS}/containers-to-coo-expand-7-003.json`, 'not ours');
    await home.lay(`${OURS}/containers-to-coo-expand-7-004.json.processed`, '');
    home.clock.ms += 1;
    expect((await handoffs.send(toCoo())).handoffId).toBe('containers-to-coo-expand-7-005');
    expect(await bytes(`${OURS}/containers-to-coo-expand-7-003.json`)).toBe('not ours');
  });

  test('two front ends that send at once get an id each', async () => {
    const { taskId: _, ...unnamed } = toCoo();
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_none, index) =>
        home.open().send({ ...unnamed, context: { summary: `number ${index}` } }),
      ),
    );
    expect(new Set(sent.map(({ handoffId }) => handoffId)).size).toBe(12);
    const { handoffs } = await home.open().outgoing();
    expect(handoffs.map(({ reading }) => reading.summary).toSorted()).toEqual(
      Array.from({ length: 12 }, (_none, index) => `number ${index}`).toSorted(),
    );
    expect(
      handoffs.filter(({ conflict, versions }) => conflict !== undefined || versions[0]?.sources.length !== 2),
    ).toEqual([]);
  });

  test('carries no secret', async () => {
    const context = { summary: 'use token: abcdefghijklmnop', kubeconfig: { password: 'hunter2hunter2' } };
    const { isRedacted, paths } = await home.open().send(toCoo({ context }));
    expect(isRedacted).toBe(true);
    const text = (await Promise.all(paths.map(bytes))).join();
    expect(text).toContain('[redacted]');
    expect(text).not.toMatch(/hunter2|abcdefghijklmnop/);
  });

  test('wrong arguments are all named, and nothing is written', async () => {
    await expect(home.open().send(toCoo({ to: 'mars', context: {} }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/^to: .*; context\.summary: missing$/),
    });
    expect(await home.files()).toEqual([]);
  });

  test.each(['handoffs', 'handoffs/outgoing', 'handoffs/sending', '../../escalations', '../../masters'])(
    'is not written through a link at %s',
    async where => {
      const outside = join(home.coordination, '..', 'outside');
      await mkdir(outside);
      const link = join(home.directory, where);
      await mkdir(join(link, '..'), { recursive: true });
      await symlink(outside, link);
      const to = where.includes('masters') ? 'security' : 'prime';
      await expect(home.open().send(toCoo({ to }))).rejects.toMatchObject({ code: 'INTERNAL', retry: 'after-change' });
      expect(await readdir(outside)).toEqual([]);
    },
  );
});

/** Without what a crash leaves that no reader takes for a file. */
const visibleFiles = async (): Promise<string[]> => (await home.files()).filter(file => !/\/\.[^/]*\.tmp$/.test(file));

describe('a process that ends while it sends', () => {
  /** The calls of one whole send, so that it can be cut off at each of them. */
  async function callsOfSending(): Promise<number> {
    const counting = new FailingDisk();
    const other = await aHome();
    await other.open(counting).send(toCoo({ to: 'prime' }));
    return counting.calls.length;
  }

  test('at any of its steps leaves nothing, or what the next look sends whole and once', async () => {
    const calls = await callsOfSending();
    let sent = 0;
    for (let stopAt = 1; stopAt <= calls; stopAt += 1) {
      home = await aHome();
      const disk = new FailingDisk();
      disk.refusing = { from: stopAt, code: 'EIO' };
      await expect(home.open(disk).send(toCoo({ to: 'prime' }))).rejects.toThrow();
      home.clock.ms += 60_000;
      const { handoffs } = await home.open().outgoing();
      expect(handoffs.length).toBeLessThanOrEqual(1);
      if (handoffs.length === 0) continue;
      sent += 1;
      expect(handoffs[0]).toMatchObject({ id: 'containers-to-prime-expand-7', conflict: undefined });
      const visible = await visibleFiles();
      expect(visible).toEqual([
        `${OURS}/containers-to-prime-expand-7.json`,
        `${OURS}/outgoing/containers-to-prime-expand-7.json`,
        'escalations/containers-to-prime-expand-7.json',
      ]);
      await home.open().outgoing();
      expect(await visibleFiles()).toEqual(visible);
    }
    process.stdout.write(`sending cut off at each of ${calls} calls: ${sent} sent by the next look\n`);
    expect(sent).toBeGreaterThan(5);
  });

  test('what is sent for a reason, and again for it soon after, is sent once, wherever it was cut off', async () => {
    const handoff = toCoo({ to: 'prime', once: 'op-1/report/0' });
    const calls = await callsOfSending();
    for (let stopAt = 1; stopAt <= calls; stopAt += 1) {
      home = await aHome();
      const disk = new FailingDisk();
      disk.refusing = { from: stopAt, code: 'EIO' };
      await expect(home.open(disk).send(handoff)).rejects.toThrow();
      home.clock.ms += 1_000;
      const again = home.open();
      // As a step does: it looks for what it sent before it sends.
      if ((await again.outgoing()).handoffs.length === 0) await again.send(handoff);
      home.clock.ms += 60_000;
      const { handoffs } = await again.outgoing();
      expect(handoffs.map(({ id, conflict }) => [id, conflict])).toEqual([['containers-to-prime-expand-7', undefined]]);
      expect(await visibleFiles()).toHaveLength(3);
    }
  });

  test('is not finished by another process as long as it may still be at it', async () => {
    const draft = {
      record_version: 1,
      to: { kind: 'coo', name: 'coo' },
      handoff_type: 'coordination',
      priority: 'high',
      status: 'pending_pickup',
      task_id: 'left',
      numbered: false,
      context: { summary: 's' },
      created_at: new Date(home.clock.ms).toISOString(),
    };
    await home.lay(`${OURS}/sending/0f0f0f0f-0000-4000-8000-000000000000.json`, draft);
    expect((await home.open().outgoing()).handoffs).toEqual([]);
    home.clock.ms += 30_000;
    expect((await home.open().outgoing()).handoffs).toMatchObject([{ id: 'containers-to-coo-left' }]);
    expect(await home.files()).not.toContain(`${OURS}/sending/0f0f0f0f-0000-4000-8000-000000000000.json`);
  });

  test('what its reader has taken meanwhile is not laid again', async () => {
    const sent = await home.open().send(toCoo());
    const flat = join(home.coordination, sent.paths[1] ?? '');
    const handoff = await home.read(sent.paths[0] ?? '');
    await rename(flat, `${flat}.processed`);
    const draft = {
      record_version: 1,
      to: { kind: 'coo', name: 'coo' },
      handoff_type: 'coordination',
      priority: 'high',
      status: 'pending_pickup',
      task_id: 'expand-7',
      numbered: false,
      context: handoff.context,
      created_at: handoff.created_at,
    };
    const left = join(home.directory, 'handoffs', 'sending', '0f0f0f0f-0000-4000-8000-000000000000.json');
    await mkdir(join(left, '..'), { recursive: true });
    await writeFile(left, JSON.stringify(draft));
    home.clock.ms += 60_000;
    await home.open().outgoing();
    expect(await home.files()).toEqual([
      `${OURS}/containers-to-coo-expand-7.json.processed`,
      `${OURS}/outgoing/containers-to-coo-expand-7.json`,
    ]);
  });
});
