import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, type Home, onlyNode } from '../../e2e/division-home.ts';
import type { Host } from '../../e2e/host.ts';
import { killAtOnce } from '../../e2e/processes.ts';
import { arm, disarm, ended, expectUpgradedOnce, killedAt, openFleet, worker } from './rehearsal.ts';

const kinds = ['lease', 'snapshot', 'cordon', 'eviction', 'install', 'reboot', 'uncordon'];

/** Whom to kill can only be found where the system tells who started whom. */
describe.runIf(process.platform === 'linux')('killed -9 around the requests that change something', () => {
  let home: Home;
  let host: Host;
  beforeAll(async () => {
    home = await openFleet({ workers: 4, apps: 8 });
    host = await home.host();
    await host.call('cluster_health');
  }, 60_000);
  afterEach(async () => {
    await disarm(home);
    // The next one starts its contractor without the back-off that this one's deaths earned.
    await killAtOnce(await home.executorPid());
  });
  afterAll(() => home.remove());

  const upgrade = (node: string): Promise<string> =>
    host.upgrade({ clusters: [CLUSTER], node_selector: onlyNode(node) });

  it('the executor, before and after each: the upgrade succeeds, and nothing is done twice', async () => {
    const fault = await arm(home, 'executor');
    const operation = await ended(home, host, await upgrade(worker(1)));
    expect(operation, JSON.stringify(operation.stopped)).toMatchObject({ status: 'succeeded' });
    await expectUpgradedOnce(home, worker(1));
    const expected = kinds.flatMap(kind => [`before ${kind}`, `after ${kind}`]);
    expect(await killedAt(home, fault)).toEqual(new Set(expected));
  }, 180_000);

  it.each([
    { when: 'before', node: worker(2) },
    { when: 'after', node: worker(3) },
  ] as const)(
    'the contractor, $when a node or an etcd is touched: the upgrade succeeds, and nothing is done twice',
    async ({ when, node }) => {
      const faults = [
        await arm(home, 'contractor', { when, verb: 'talosctl' }),
        await arm(home, 'contractor', { when, verb: 'patch' }),
      ];
      const operation = await ended(home, host, await upgrade(node));
      expect(operation, JSON.stringify(operation.stopped)).toMatchObject({ status: 'succeeded' });
      await expectUpgradedOnce(home, node);
      const expected = ['snapshot', 'cordon', 'install', 'reboot', 'uncordon'].map(kind => `${when} ${kind}`);
      expect(await killedAt(home, ...faults)).toEqual(new Set(expected));
    },
    180_000,
  );

  it('whoever keeps the receipt of an install: halted with OUTCOME_UNKNOWN, nothing more is sent, and resolve finishes it', async () => {
    const node = worker(4);
    const fault = await arm(home, 'recorder', { when: 'after', verb: 'talosctl', resource: 'upgrade' });
    const id = await upgrade(node);
    const halted = await ended(home, host, id);
    expect(await killedAt(home, fault)).toEqual(new Set(['after install']));
    const name = `${CLUSTER}/${node}`;
    expect(halted).toMatchObject({ status: 'halted', in_doubt: [name], stopped: { code: 'OUTCOME_UNKNOWN' } });
    expect(halted.stopped?.remedy).toContain(`control_operation resolve with node ${name}`);
    expect(await home.node(node)).toMatchObject({ cordoned: true, version: 'v1.13.7' });
    expect((await home.ledger()).reboots.filter(reboot => reboot.node === node)).toEqual([]);

    // Who looks at the machine finds the new version in its other slot: the install is done, its reboot is due.
    const given = { operation_id: id, reason: 'the other slot holds v1.13.9' };
    await host.control({ ...given, action: 'resolve', node: name, as: 'done' });
    await host.resume(id, given.reason);
    const operation = await ended(home, host, id);
    expect(operation, JSON.stringify(operation.stopped)).toMatchObject({ status: 'succeeded' });
    await expectUpgradedOnce(home, node);
  }, 180_000);
});
