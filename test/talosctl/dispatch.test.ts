import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { dispatch } from '../../src/talosctl/dispatch.ts';
import { bench, connection, IMAGE, install, machineAnswers, NODE, notAborted } from './dispatch-fixture.ts';
import { BOOT_ID, SYSTEM_UUID, versionText } from './fixtures.ts';

const OTHER = '11111111-2222-4333-8444-555555555555';

describe('dispatch', () => {
  it('lets talosctl go once, with the flags of the versions at hand, and records its end', async () => {
    const { fake, receipts, dispatcher, settled, directory } = await bench(
      machineAnswers({ out: 'NODE   ACK   STARTED\n', err: 'some progress\n' }),
    );
    expect(await dispatch(dispatcher, install('attempt-1'), connection, notAborted())).toMatchObject({
      state: 'running',
    });
    await settled();
    expect(await receipts.read('attempt-1')).toMatchObject({ state: 'exited', exitCode: 0 });
    expect(await fake.callsOf('upgrade')).toEqual([
      [
        'upgrade',
        '--image',
        IMAGE,
        '--drain=false',
        '--wait=false',
        '--context',
        'prod',
        '-n',
        NODE,
        '-e',
        '10.0.0.3,10.0.0.4',
      ],
    ]);
    const folder = join(directory, 'attempts', 'attempt-1');
    expect(await readFile(join(folder, 'stdout'), 'utf8')).toBe('NODE   ACK   STARTED\n');
    expect(await readFile(join(folder, 'stderr'), 'utf8')).toBe('some progress\n');
    expect((await readdir(folder)).sort()).toEqual(['exited', 'process.json', 'starting.json', 'stderr', 'stdout']);
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it('reboots without waiting', async () => {
    const { fake, dispatcher, settled } = await bench(machineAnswers());
    await dispatch(dispatcher, install('attempt-1', { kind: 'reboot', image: null }), connection, notAborted());
    await settled();
    expect((await fake.callsOf('reboot')).map(argv => argv.slice(0, 2))).toEqual([['reboot', '--wait=false']]);
  });

  it('the same attempt again answers what became of it, and sends nothing, while it runs and after', async () => {
    const { fake, dispatcher, settled, directory } = await bench(machineAnswers({ until: '/tmp/never' }));
    const gate = join(directory, 'go');
    await fake.answer(machineAnswers({ until: gate, code: 1, err: 'Error: x\n' }));
    await dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    expect(await dispatch(dispatcher, install('attempt-1'), connection, notAborted())).toMatchObject({
      state: 'running',
    });
    await writeFile(gate, '');
    await settled();
    expect(await dispatch(dispatcher, install('attempt-1'), connection, notAborted())).toMatchObject({
      state: 'exited',
      detail: 'dispatched before; talosctl exited 1',
    });
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
  });

  it('the same attempt at once, twenty times over, sends once', async () => {
    const { fake, dispatcher, settled } = await bench(machineAnswers());
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => dispatch(dispatcher, install('attempt-1'), connection, notAborted())),
    );
    await settled();
    expect(answers.every(answer => answer.status === 'fulfilled')).toBe(true);
    await vi.waitFor(async () => expect(await fake.callsOf('upgrade')).toHaveLength(1), 5000);
  });

  it('a second install in one boot is refused, as is a second reboot; one of each is not', async () => {
    const { fake, dispatcher, settled } = await bench(machineAnswers());
    const reboot = { kind: 'reboot', image: null } as const;
    const both = await Promise.allSettled([
      dispatch(dispatcher, install('attempt-1'), connection, notAborted()),
      dispatch(dispatcher, install('attempt-2'), connection, notAborted()),
    ]);
    expect(both.map(answer => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
    await dispatch(dispatcher, install('attempt-3', reboot), connection, notAborted());
    const second = dispatch(dispatcher, install('attempt-4', reboot), connection, notAborted());
    await expect(second).rejects.toMatchObject({
      errorClass: 'precondition',
      message: expect.stringContaining('attempt-3'),
    });
    await settled();
    expect(await fake.callsOf('upgrade')).toHaveLength(1);
    expect(await fake.callsOf('reboot')).toHaveLength(1);
  });

  it('an id is not taken for another attempt', async () => {
    const { dispatcher, settled } = await bench(machineAnswers());
    await dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    const other = dispatch(dispatcher, install('attempt-1', { reboots: false }), connection, notAborted());
    await expect(other).rejects.toMatchObject({ errorClass: 'precondition' });
    await settled();
  });

  it.each([
    ['another machine answers', { system_uuid: OTHER }],
    ['the machine has booted since', { boot_id: OTHER }],
  ])('when %s, nothing is sent and nothing is claimed', async (_, changes) => {
    const { fake, receipts, dispatcher, directory } = await bench(machineAnswers());
    const answer = dispatch(dispatcher, install('attempt-1', changes), connection, notAborted());
    await expect(answer).rejects.toMatchObject({
      errorClass: 'precondition',
      message: expect.stringContaining('wrong identity'),
    });
    expect(await receipts.read('attempt-1')).toEqual({ state: 'absent' });
    expect(await fake.callsOf('upgrade')).toEqual([]);
    expect(existsSync(join(directory, 'boots'))).toBe(false);
  });

  it('upper and lower case make no other machine', async () => {
    const { dispatcher, settled } = await bench(machineAnswers());
    const shouted = install('attempt-1', { system_uuid: SYSTEM_UUID.toUpperCase(), boot_id: BOOT_ID.toUpperCase() });
    expect(await dispatch(dispatcher, shouted, connection, notAborted())).toMatchObject({ state: 'running' });
    await settled();
  });

  it.each([
    [
      'does not answer',
      { 'get systeminformation': { err: 'rpc error: code = Unavailable desc = x', code: 1 } },
      'unreachable',
    ],
    ['answers something else', { 'read /proc': { out: 'hello' } }, 'unintelligible'],
    ['does not say its version', { version: { out: 'Client:\n\tTag: v1.13.9\n' } }, 'unintelligible'],
    ['is too old to install alone', { version: { out: versionText('v1.13.9', { [NODE]: 'v1.13.6' }) } }, 'unsupported'],
  ])('when the node %s, nothing is sent', async (_, changes, errorClass) => {
    const { fake, receipts, dispatcher } = await bench({ ...machineAnswers(), ...changes });
    if ('read /proc' in changes)
      await fake.answer({ ...machineAnswers(), 'read /proc/sys/kernel/random/boot_id': { out: 'x' } });
    const attempt = install('attempt-1', { reboots: errorClass !== 'unsupported' });
    await expect(dispatch(dispatcher, attempt, connection, notAborted())).rejects.toMatchObject({ errorClass });
    expect(await receipts.read('attempt-1')).toEqual({ state: 'absent' });
    expect(await fake.callsOf('upgrade')).toEqual([]);
  });

  it.each([
    ['attempt_id', { attempt_id: 'x' }],
    ['image', { image: '--force' }],
    ['boot_id', { boot_id: 'today' }],
    ['node', { node: '-n' }],
  ])('a wrong %s is an invalid argument', async (_, changes) => {
    const { fake, dispatcher } = await bench(machineAnswers());
    const answer = dispatch(dispatcher, install('attempt-1', changes), connection, notAborted());
    await expect(answer).rejects.toMatchObject({ errorClass: 'invalid_argument' });
    expect(await fake.calls()).toEqual([]);
  });

  it('a cancelled call has sent nothing', async () => {
    const { fake, receipts, dispatcher } = await bench(machineAnswers());
    await expect(dispatch(dispatcher, install('attempt-1'), connection, AbortSignal.abort())).rejects.toMatchObject({
      errorClass: 'failed',
    });
    expect(await receipts.read('attempt-1')).toEqual({ state: 'absent' });
    expect(await fake.callsOf('upgrade')).toEqual([]);
  });

  it('without a talosctl nothing is claimed', async () => {
    const { fake, receipts, dispatcher } = await bench(machineAnswers());
    await chmod(fake.path, 0o644);
    const answer = dispatch(dispatcher, install('attempt-1'), connection, notAborted());
    await expect(answer).rejects.toMatchObject({ errorClass: 'talosctl_missing' });
    expect(await receipts.read('attempt-1')).toEqual({ state: 'absent' });
  });
});
