import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attempt } from '../../src/talosctl/attempt.ts';
import type { Dispatcher } from '../../src/talosctl/dispatch.ts';
import { Receipts } from '../../src/talosctl/receipts.ts';
import { type FakeAnswer, type FakeTalosctl, fakeTalosctl } from './fake-talosctl.ts';
import { BOOT_ID, resourceText, SYSTEM_UUID, versionText } from './fixtures.ts';

export const NODE = '10.0.0.2';
export const IMAGE =
  'factory.talos.dev/metal-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.13.9';
export const connection = { context: 'prod', node: NODE, endpoints: ['10.0.0.3', '10.0.0.4'] };

/** What a healthy machine answers to the reads before a dispatch, and to the dispatch itself. */
export const machineAnswers = (upgrade: FakeAnswer = {}, reboot: FakeAnswer = {}): Record<string, FakeAnswer> => ({
  version: { out: versionText('v1.13.9', { [NODE]: 'v1.12.11' }) },
  'get systeminformation': { out: resourceText(NODE, 'SystemInformation', 'systeminformation', { uuid: SYSTEM_UUID }) },
  'read /proc/sys/kernel/random/boot_id': { out: `${BOOT_ID}\n` },
  upgrade,
  reboot,
});

export const install = (attemptId: string, changes: Partial<Attempt> = {}): Attempt => ({
  attempt_id: attemptId,
  kind: 'install',
  node: NODE,
  system_uuid: SYSTEM_UUID,
  boot_id: BOOT_ID,
  image: IMAGE,
  reboots: true,
  ...changes,
});

export interface Bench {
  fake: FakeTalosctl;
  receipts: Receipts;
  /** Folder of the receipts. */
  directory: string;
  dispatcher: Dispatcher;
  /** Resolves when everything let go so far has ended. */
  settled: () => Promise<void>;
}

/** A dispatcher over a fake talosctl, with receipts of its own or those in `directory`. */
export async function bench(answers: Record<string, FakeAnswer>, directory?: string): Promise<Bench> {
  const fake = await fakeTalosctl(answers);
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'receipts-')));
  const receipts = new Receipts(folder);
  const runs: Promise<void>[] = [];
  const dispatcher = {
    talosctl: { env: fake.env, readTimeoutMs: 10_000 },
    receipts,
    onStarted: (ended: Promise<void>) => {
      runs.push(ended);
    },
  };
  const settled = async () => {
    await Promise.all(runs);
  };
  return { fake, receipts, directory: folder, dispatcher, settled };
}

export const notAborted = (): AbortSignal => new AbortController().signal;
