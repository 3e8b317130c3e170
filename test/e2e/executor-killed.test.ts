import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../src/model/journal.ts';
import { CLUSTER, type Home, homeForTest, onlyNode, openHome } from './division-home.ts';
import type { Host } from './host.ts';
import { killAtOnce, untilGone } from './processes.ts';

const worker = (number: number): string => `${CLUSTER}-worker-${number}`;

const intends =
  (effect: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'intent' && entry.effect.kind === effect;
const observes =
  (state: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'observed' && entry.state === state;

const moments: readonly { moment: string; isReached: (entry: JournalEntry) => boolean }[] = [
  { moment: 'when the cordon is on its way', isReached: intends('cordon') },
  { moment: 'in mid-drain', isReached: intends('evict') },
  { moment: 'when the install is on its way', isReached: intends('install') },
  {
    moment: 'while talosctl installs',
    isReached: entry => entry.kind === 'outcome' && entry.effect.kind === 'install',
  },
  { moment: 'while the node reboots', isReached: observes('rebooting') },
  { moment: 'while the node is proved', isReached: observes('validating') },
];

describe('the executor is killed -9', () => {
  let home: Home;
  let host: Host;
  beforeAll(async () => {
    home = await openHome({ controlPlanes: 1, workers: moments.length });
    host = await home.host();
  });
  afterAll(() => home.remove());

  it.each(moments.map((moment, index) => ({ ...moment, node: worker(index + 1) })))(
    '$moment: the next front end call starts another, which ends it with one install and one reboot',
    async ({ isReached, node }) => {
      const id = await host.upgrade({ clusters: [CLUSTER], node_selector: onlyNode(node) });
      const before = await home.node(node);
      await home.written(id, isReached);
      const killed = await home.executorPid();
      await killAtOnce(killed);
      await expect(home.executorPid()).rejects.toThrow('no executor runs');

      const operation = await host.end(id, 'succeeded');
      expect(operation).toMatchObject({ progress: { done: 1, total: 1 } });
      expect(await home.executorPid()).not.toBe(killed);
      const after = await home.node(node);
      expect(after).toMatchObject({ version: 'v1.13.9', cordoned: false, ready: true });
      expect(after.boot_id).not.toBe(before.boot_id);

      const ledger = await home.ledger();
      expect(ledger).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
      expect(ledger.installs.filter(install => install.node === node)).toHaveLength(1);
      expect(ledger.reboots.filter(reboot => reboot.node === node)).toHaveLength(1);
      expect(Math.max(0, ...Object.values(ledger.evictions_by_pod_uid))).toBeLessThanOrEqual(1);
    },
    90_000,
  );
});

it('SIGTERM: the executor finishes the node under way, admits none, and ends; the next front end goes on', async () => {
  const home = await homeForTest({ controlPlanes: 1 });
  const host = await home.host();
  const selector = `kubernetes.io/hostname in (${worker(1)},${worker(2)})`;
  const id = await host.upgrade({ clusters: [CLUSTER], node_selector: selector });
  await home.written(id, intends('evict'));
  const executor = await home.executorPid();
  process.kill(executor, 'SIGTERM');
  await untilGone(executor, 60_000);

  const written = await home.journal(id);
  const done = written.flatMap(entry => (entry.kind === 'observed' && entry.state === 'done' ? [entry.node] : []));
  const cordoned = written.flatMap(entry =>
    entry.kind === 'intent' && entry.effect.kind === 'cordon' ? [entry.effect.node] : [],
  );
  expect({ done, cordoned: new Set(cordoned) }).toEqual({ done: [worker(1)], cordoned: new Set([worker(1)]) });
  expect(written.filter(({ kind }) => kind === 'finished' || kind === 'stopped')).toEqual([]);

  const operation = await host.end(id, 'succeeded');
  expect(operation).toMatchObject({ progress: { done: 2, total: 2 } });
  expect(await home.ledger()).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1 });
}, 120_000);
