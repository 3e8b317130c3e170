import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IMAGE, machineAnswers, NODE } from '../talosctl/dispatch-fixture.ts';
import { type FakeAnswer, type FakeTalosctl, fakeTalosctl } from '../talosctl/fake-talosctl.ts';
import { BOOT_ID, SYSTEM_UUID } from '../talosctl/fixtures.ts';
import { type Contractor, isRunning, startContractor } from './contractor-process.ts';

const target = { context: 'prod', node: NODE, endpoints: ['10.0.0.3', '10.0.0.4'] };
const bound = { system_uuid: SYSTEM_UUID, boot_id: BOOT_ID };
const install = (attempt_id: string, supersedes?: string[]) => ({
  ...reboot(attempt_id, supersedes),
  image: IMAGE,
  reboots: true,
});
const reboot = (attempt_id: string, supersedes?: string[]) => ({
  ...target,
  ...bound,
  attempt_id,
  ...(supersedes !== undefined && { supersedes }),
});

let fake: FakeTalosctl;
let directory: string;
/** talosctl ends when this file is there. */
let gate: string;

const start = (): Promise<Contractor> => startContractor({ ...fake.env, GM_RECEIPTS_DIR: directory });

async function prepare(upgrade: FakeAnswer = {}): Promise<void> {
  await fake.answer(machineAnswers({ until: gate, ...upgrade }, { until: gate }));
}

async function recorder(attemptId: string): Promise<number> {
  const text = await readFile(join(directory, 'attempts', attemptId, 'process.json'), 'utf8');
  return (JSON.parse(text) as { pid: number }).pid;
}

const dispatched = (attemptId: string) =>
  vi.waitFor(async () => expect(await fake.callsOf('upgrade')).toHaveLength(1), 10_000).then(() => attemptId);

async function killed(contractor: Contractor): Promise<void> {
  process.kill(contractor.pid, 'SIGKILL');
  await vi.waitFor(() => expect(isRunning(contractor.pid)).toBe(false), 10_000);
}

async function stateOf(contractor: Contractor, attemptId: string): Promise<unknown> {
  return (await contractor.call('talos_attempt', { attempt_id: attemptId })).structured.state;
}

beforeEach(async () => {
  fake = await fakeTalosctl();
  directory = await mkdtemp(join(tmpdir(), 'receipts-'));
  gate = join(fake.folder, 'end');
  await prepare();
});

describe('a dispatch over MCP', () => {
  it('answers at once; the receipt goes absent, running, exited', async () => {
    const contractor = await start();
    expect(await stateOf(contractor, 'attempt-1')).toBe('absent');
    const answer = await contractor.call('talos_install', install('attempt-1'));
    expect(answer.structured).toMatchObject({ attempt_id: 'attempt-1', state: 'running' });
    expect(await stateOf(contractor, 'attempt-1')).toBe('running');
    await writeFile(gate, '');
    await vi.waitFor(async () => expect(await stateOf(contractor, 'attempt-1')).toBe('exited'), 10_000);
    const { structured } = await contractor.call('talos_attempt', { attempt_id: 'attempt-1' });
    expect(structured).toMatchObject({ exit_code: 0, error_class: null, stderr_tail: '' });
    expect(Date.parse(String(structured.exited_at))).toBeGreaterThanOrEqual(Date.parse(String(structured.started_at)));
  });

  it('tells how a failed one ended: code, class, the end of what was said, redacted', async () => {
    await prepare({ err: 'token: abc123.0123456789abcdef\nerror pulling upgrade image: x: not found\n', code: 1 });
    await writeFile(gate, '');
    const contractor = await start();
    await contractor.call('talos_install', install('attempt-1'));
    await vi.waitFor(async () => expect(await stateOf(contractor, 'attempt-1')).toBe('exited'), 10_000);
    const { structured } = await contractor.call('talos_attempt', { attempt_id: 'attempt-1' });
    expect(structured).toMatchObject({ exit_code: 1, error_class: 'image' });
    expect(structured.stderr_tail).toContain('error pulling upgrade image');
    expect(structured.stderr_tail).not.toContain('0123456789abcdef');
  });

  it('install and reboot of one boot both go; a second of either is refused', async () => {
    const contractor = await start();
    await contractor.call('talos_install', install('attempt-1'));
    expect((await contractor.call('talos_reboot', reboot('attempt-2'))).structured).toMatchObject({ state: 'running' });
    for (const refused of [
      await contractor.call('talos_install', install('attempt-3')),
      await contractor.call('talos_reboot', reboot('attempt-4')),
    ])
      expect(refused).toMatchObject({ isError: true, error: { error_class: 'precondition' } });
    await writeFile(gate, '');
  });

  it('without GM_RECEIPTS_DIR nothing is dispatched', async () => {
    const contractor = await startContractor(fake.env);
    const answer = await contractor.call('talos_install', install('attempt-1'));
    expect(answer).toMatchObject({ isError: true, error: { error_class: 'client_config' } });
    expect(await fake.calls()).toEqual([]);
  });

  it('two contractor processes at once send one attempt once, and one install of two', async () => {
    const [left, right] = await Promise.all([start(), start()]);
    const same = await Promise.all([left, right].map(one => one.call('talos_install', install('attempt-1'))));
    expect(same.map(answer => answer.isError)).toEqual([false, false]);
    const other = await right.call('talos_install', install('attempt-2'));
    expect(other.error).toMatchObject({ error_class: 'precondition' });
    await dispatched('attempt-1');
    await writeFile(gate, '');
    await vi.waitFor(async () => expect(await stateOf(right, 'attempt-1')).toBe('exited'), 10_000);
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });
});

describe('a contractor killed -9 in the middle (SAFETY 3)', () => {
  it('talosctl lives on: running to the next contractor, then exited with its code; nothing is sent twice', async () => {
    await prepare({ code: 4 });
    const first = await start();
    await first.call('talos_install', install('attempt-1'));
    await dispatched('attempt-1');
    await killed(first);
    const second = await start();
    expect(await stateOf(second, 'attempt-1')).toBe('running');
    expect((await second.call('talos_install', install('attempt-1'))).structured).toMatchObject({ state: 'running' });
    await writeFile(gate, '');
    await vi.waitFor(async () => expect(await stateOf(second, 'attempt-1')).toBe('exited'), 10_000);
    const { structured } = await second.call('talos_install', install('attempt-1'));
    expect(structured).toMatchObject({ state: 'exited', detail: 'dispatched before; talosctl exited 4' });
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('and all that it started killed too: lost, and never sent again', async () => {
    const first = await start();
    await first.call('talos_install', install('attempt-1'));
    await dispatched('attempt-1');
    await killed(first);
    process.kill(-(await recorder('attempt-1')), 'SIGKILL');
    const second = await start();
    await vi.waitFor(async () => expect(await stateOf(second, 'attempt-1')).toBe('lost'), 10_000);
    const again = await second.call('talos_install', install('attempt-1'));
    expect(again).toMatchObject({ isError: true, error: { error_class: 'precondition' } });
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('at any moment of the dispatch: one install at most, and the receipt says whether it was sent', async () => {
    for (const afterMs of [0, 80, 120, 160]) {
      const boot = `0f0e0d0c-1111-4222-8333-${String(afterMs).padStart(12, '0')}`;
      const id = `attempt-after-${afterMs}`;
      const input = { ...install(id), boot_id: boot };
      await fake.answer({ ...machineAnswers(), 'read /proc/sys/kernel/random/boot_id': { out: boot } });
      const before = (await fake.callsOf('upgrade')).length;
      const first = await start();
      const cut = first.call('talos_install', input).catch(() => undefined);
      setTimeout(() => process.kill(first.pid, 'SIGKILL'), afterMs);
      await cut;
      await vi.waitFor(() => expect(isRunning(first.pid)).toBe(false), 10_000);
      const second = await start();
      await vi.waitFor(async () => expect(await stateOf(second, id)).not.toBe('running'), 10_000);
      const state = await stateOf(second, id);
      const sent = (await fake.callsOf('upgrade')).length - before;
      expect({ afterMs, state, sent }).toEqual({ afterMs, state, sent: state === 'exited' ? 1 : 0 });
      const again = await second.call('talos_install', input);
      expect(again.isError).toBe(state === 'lost');
      if (state !== 'lost') await vi.waitFor(async () => expect(await stateOf(second, id)).toBe('exited'), 10_000);
      expect((await fake.callsOf('upgrade')).length - before).toBe(state === 'lost' ? 0 : 1);
    }
  }, 90_000);
});

describe('a second attempt in one boot (SAFETY 3b)', () => {
  it('supersedes one that is lost, once, over contractors that come and go; the first sends no more', async () => {
    const first = await start();
    await first.call('talos_install', install('attempt-1'));
    await dispatched('attempt-1');
    await killed(first);
    process.kill(-(await recorder('attempt-1')), 'SIGKILL');
    const [left, right] = await Promise.all([start(), start()]);
    await vi.waitFor(async () => expect(await stateOf(left, 'attempt-1')).toBe('lost'), 10_000);
    const unnamed = await left.call('talos_install', install('attempt-2'));
    expect(unnamed.error).toMatchObject({ error_class: 'precondition' });
    const both = await Promise.all([
      left.call('talos_install', install('attempt-2', ['attempt-1'])),
      right.call('talos_install', install('attempt-3', ['attempt-1'])),
    ]);
    expect(both.filter(answer => answer.isError)).toHaveLength(1);
    const winner = both[0].isError ? 'attempt-3' : 'attempt-2';
    expect(both.find(answer => answer.isError)?.error).toMatchObject({
      error_class: 'precondition',
      message: expect.stringContaining(`by attempt ${winner}, not by attempt-1`),
    });
    const again = await right.call('talos_install', install(winner, ['attempt-1']));
    expect(again.structured).toMatchObject({ attempt_id: winner, state: 'running' });
    expect((await left.call('talos_install', install('attempt-1'))).isError).toBe(true);
    await writeFile(gate, '');
    await vi.waitFor(async () => expect(await stateOf(left, winner)).toBe('exited'), 10_000);
    expect(await fake.callsOf('upgrade')).toHaveLength(2);
  });

  it('is refused while the first runs and after it exited 0, for a reboot as for an install', async () => {
    const contractor = await start();
    await contractor.call('talos_reboot', reboot('attempt-1'));
    const early = await contractor.call('talos_reboot', reboot('attempt-2', ['attempt-1']));
    expect(early.error).toMatchObject({ error_class: 'precondition', message: expect.stringContaining('still runs') });
    await writeFile(gate, '');
    await vi.waitFor(async () => expect(await stateOf(contractor, 'attempt-1')).toBe('exited'), 10_000);
    const late = await contractor.call('talos_reboot', reboot('attempt-2', ['attempt-1']));
    expect(late.error).toMatchObject({ error_class: 'precondition', message: expect.stringContaining('exited 0') });
    expect(await stateOf(contractor, 'attempt-2')).toBe('absent');
    expect(await fake.callsOf('reboot')).toHaveLength(1);
  });

  it('tells a first attempt that gave its boot up unsent as absent, and refuses it', async () => {
    await mkdir(join(directory, 'boots'), { recursive: true });
    await writeFile(join(directory, 'boots', `install-${SYSTEM_UUID}-${BOOT_ID}`), 'attempt-1\n');
    const contractor = await start();
    await contractor.call('talos_install', install('attempt-2', ['attempt-1']));
    expect(await stateOf(contractor, 'attempt-1')).toBe('absent');
    const refused = await contractor.call('talos_install', install('attempt-1'));
    expect(refused.error).toMatchObject({
      error_class: 'precondition',
      message: expect.stringContaining('given up for attempt attempt-2'),
    });
    await writeFile(gate, '');
  });
});
