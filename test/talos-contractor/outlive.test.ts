import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Receipts } from '../../src/talosctl/receipts.ts';
import { IMAGE, machineAnswers, NODE } from '../talosctl/dispatch-fixture.ts';
import { type FakeTalosctl, fakeTalosctl } from '../talosctl/fake-talosctl.ts';
import { BOOT_ID, SYSTEM_UUID } from '../talosctl/fixtures.ts';
import { COMMAND } from './contractor-process.ts';

const attempt = {
  context: 'prod',
  node: NODE,
  endpoints: ['10.0.0.3'],
  attempt_id: 'attempt-1',
  system_uuid: SYSTEM_UUID,
  boot_id: BOOT_ID,
  image: IMAGE,
  reboots: true,
};
const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
const messages = [
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: opening },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'talos_install', arguments: attempt } },
];

let fake: FakeTalosctl;
let receipts: Receipts;
let env: NodeJS.ProcessEnv;
let gate: string;
let contractor: ChildProcess | undefined;

beforeEach(async () => {
  fake = await fakeTalosctl();
  gate = join(fake.folder, 'end');
  await fake.answer(machineAnswers({ until: gate }));
  const directory = await mkdtemp(join(tmpdir(), 'receipts-'));
  receipts = new Receipts(directory);
  env = { ...fake.env, GM_RECEIPTS_DIR: directory };
});

afterEach(async () => {
  await writeFile(gate, '');
  contractor?.kill('SIGKILL');
});

/** A contractor that was asked for an install, as a host without good manners speaks to it: nothing of the SDK's. */
async function asked(): Promise<{ child: ChildProcess; input: NodeJS.WritableStream; output: () => string }> {
  const child = spawn(process.execPath, COMMAND, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  contractor = child;
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  child.stdin.write(messages.map(message => `${JSON.stringify(message)}\n`).join(''));
  await vi.waitFor(async () => expect(await fake.callsOf('upgrade')).toHaveLength(1), 15_000);
  return { child, input: child.stdin, output: () => output };
}

it('its stdin ended, it lives on and answers nothing until what it started has ended', async () => {
  const { child, input, output } = await asked();
  await vi.waitFor(() => expect(output()).toContain('"id":2'), 10_000);
  input.write(`${JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'ping' })}\n`);
  await vi.waitFor(() => expect(output()).toContain('"id":3'), 10_000);
  const exited = once(child, 'exit');
  input.end();
  const first = await Promise.race([exited, new Promise(resolve => setTimeout(resolve, 1500, 'alive'))]);
  expect(first).toBe('alive');
  await writeFile(gate, '');
  expect(await exited).toEqual([0, null]);
  expect(await receipts.read('attempt-1')).toMatchObject({ state: 'exited', exitCode: 0 });
});

it('signalled, it ends at once, and the exit is recorded all the same', async () => {
  const { child } = await asked();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(await receipts.read('attempt-1')).toMatchObject({ state: 'running' });
  await writeFile(gate, '');
  await vi.waitFor(async () => expect(await receipts.read('attempt-1')).toMatchObject({ state: 'exited' }), 10_000);
});

it('with nothing started it ends with its stdin', async () => {
  const child = spawn(process.execPath, COMMAND, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  contractor = child;
  child.stdin.end(`${JSON.stringify(messages[0])}\n`);
  expect(await once(child, 'exit')).toEqual([0, null]);
});
