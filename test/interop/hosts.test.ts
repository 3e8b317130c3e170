import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, openHome } from '../e2e/division-home.ts';
import { type HostAnswer, hosts } from './hosts.ts';

/** 1.0.4 knows no structuredContent: ids are read from the text, which carries them too (CONTRACT: either channel is enough alone). */
function hexOf(answer: HostAnswer): string {
  return String(answer.structured.plan_hash ?? /\b[0-9a-f]{16}\b/.exec(answer.text)?.[0]);
}

describe('hosts of every vintage', () => {
  let home: Home;
  beforeAll(async () => {
    home = await openHome({ workers: hosts.length, pods: 40 });
  });
  afterAll(() => home.remove());

  it.each(hosts.map((host, index) => ({ ...host, index })))(
    '$line: plan → start → wait → done',
    async ({ open, index }) => {
      const host = await open({ home: home.directory, environment: home.environment });
      try {
        expect(await host.toolNames()).toContain('rolling_upgrade');
        const { clusters } = (await home.simulation().catch(() => undefined)) ?? { clusters: {} };
        expect(Object.keys(clusters).every(name => name === 'staging')).toBe(true);
        const plan = await host.call('rolling_upgrade', {
          clusters: ['staging'],
          to_version: 'v1.13.9',
          node_selector: `kubernetes.io/hostname=staging-worker-${index + 1}`,
        });
        expect(plan.isError, plan.text).toBe(false);
        const started = await host.call('rolling_upgrade', { plan_hash: hexOf(plan) });
        expect(started.isError, started.text).toBe(false);
        const id = /op-[0-9a-f]{16}/.exec(started.text)?.[0];
        expect(id).toBeDefined();
        await expect
          .poll(async () => (await host.call('get_operation', { operation_id: id, wait_ms: 1_000 })).text, {
            timeout: 90_000,
            interval: 100,
          })
          .toMatch(/succeeded|halted|failed|cancelled/);
        expect((await host.call('get_operation', { operation_id: id })).text).toContain('succeeded');
      } finally {
        await host.close();
      }
    },
    120_000,
  );
});
