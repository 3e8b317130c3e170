import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER, type Home, onlyNode, openHome } from '../e2e/division-home.ts';
import { type HostAnswer, hosts } from './hosts.ts';

/** 1.0.4 has no word for structuredContent: ids are read from the text, which carries them too (CONTRACT: either channel is enough alone). */
function found(answer: HostAnswer, pattern: RegExp): string {
  expect(answer.isError, answer.text).toBe(false);
  const [id] = pattern.exec(answer.text) ?? [];
  if (id === undefined) throw new Error(`no ${pattern.source} in: ${answer.text}`);
  return id;
}

describe('hosts of every vintage', () => {
  let home: Home;
  beforeAll(async () => {
    home = await openHome({ controlPlanes: 1, workers: hosts.length });
  });
  afterAll(() => home.remove());

  it.each(hosts.map((host, index) => ({ ...host, worker: `${CLUSTER}-worker-${index + 1}` })))(
    '$line: plan → start → wait → done',
    async ({ open, worker }) => {
      const host = await open({ home: home.directory, environment: home.environment });
      try {
        expect(await host.toolNames()).toContain('rolling_upgrade');
        const plan = await host.call('rolling_upgrade', {
          clusters: [CLUSTER],
          to_version: 'v1.13.9',
          node_selector: onlyNode(worker),
        });
        const planHash = found(plan, /\b[0-9a-f]{16}\b/);
        expect(plan.structured.plan_hash, 'the same in both channels').toBe(planHash);
        const started = await host.call('rolling_upgrade', { plan_hash: planHash });
        const id = found(started, /\bop-[0-9a-f]{16}\b/);
        await expect
          .poll(async () => (await host.call('get_operation', { operation_id: id, wait_ms: 1_000 })).text, {
            timeout: 60_000,
            interval: 50,
          })
          .toMatch(/\b(succeeded|halted|failed|cancelled)\b/);
        const end = await host.call('get_operation', { operation_id: id });
        expect(end.text).toContain('succeeded');
        expect(await home.node(worker)).toMatchObject({ version: 'v1.13.9', cordoned: false });
      } finally {
        await host.close();
      }
    },
    90_000,
  );
});
