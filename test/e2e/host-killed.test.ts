import { expect, it } from 'vitest';
import { CLUSTER, homeForTest } from './division-home.ts';
import { isRunning } from './processes.ts';

it('a host killed -9 in mid-upgrade changes nothing: the executor goes on, and another host sees it succeed', async () => {
  const home = await homeForTest({ controlPlanes: 1 });
  const host = await home.host();
  const id = await host.upgrade({ clusters: [CLUSTER], node_selector: '!node-role.kubernetes.io/control-plane' });
  await home.written(id, entry => entry.kind === 'intent' && entry.effect.kind === 'install');
  const executor = await home.executorPid();
  await host.kill();

  // Nobody asks: what is written from here on is the executor's own doing.
  const known = await home.journal(id);
  const next = await home.written(
    id,
    entry => entry.sequence > known.length && entry.kind === 'observed' && entry.state === 'done',
  );
  expect(next.kind === 'observed' && next.node).toBe(`${CLUSTER}-worker-1`);
  expect(isRunning(executor)).toBe(true);

  const another = await home.host();
  const running = await another.call('get_operation');
  expect(running.text).toContain(id);
  const operation = await another.end(id, 'succeeded');
  expect(operation).toMatchObject({ progress: { done: 2, total: 2 } });
  expect(await home.executorPid()).toBe(executor);
  expect(await home.ledger()).toMatchObject({ max_installs_per_boot: 1, max_reboots_per_boot: 1, pdb_violations: 0 });
}, 120_000);
