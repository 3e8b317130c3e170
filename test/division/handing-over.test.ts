import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { executorOf, hasRequests, openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import { clock, collectingLog, startRequest, temporaryFolder } from './fixtures/records.ts';

const log = collectingLog();

/** Every order of a front end's two steps and an ending executor's two. */
function interleavings<Step>(one: readonly Step[], other: readonly Step[]): Step[][] {
  const [first, ...rest] = one;
  const [second, ...others] = other;
  if (first === undefined) return [[...other]];
  if (second === undefined) return [[...one]];
  return [
    ...interleavings(rest, other).map(steps => [first, ...steps]),
    ...interleavings(one, others).map(steps => [second, ...steps]),
  ];
}

const orders = interleavings(['leave', 'look for an executor'], ['give the lock up', 'look for requests']);

describe('SAFETY 7: a request left in the instant in which an idle executor ends', () => {
  test.each(orders.map(order => [order.join(', '), order] as const))(
    'is taken by somebody: %s',
    async (_title, order) => {
      const directory = await temporaryFolder();
      const executor = await openDivisionWriter(directory, { clock, log });
      const frontEnd = await openDivision(directory, { clock, log });
      let startsAnother = false;
      let goesOn = false;
      const steps: Record<string, () => Promise<unknown>> = {
        leave: () => frontEnd.leaveRequest(startRequest('r-1')),
        'look for an executor': async () => {
          startsAnother = (await executorOf(directory)) === undefined;
        },
        'give the lock up': () => executor.release(),
        'look for requests': async () => {
          goesOn = await hasRequests(directory);
        },
      };
      for (const step of order) await steps[step]?.();
      expect(startsAnother || goesOn).toBe(true);
    },
  );

  test('one that only a newer version understands brings no executor of this one back; a damaged one does', async () => {
    const directory = await temporaryFolder();
    expect(await hasRequests(directory)).toBe(false);
    await (await openDivisionWriter(directory, { clock, log })).release();
    expect(await hasRequests(directory)).toBe(false);
    const place = join(directory, 'operations', 'requests', 'r-1.json');
    await writeFile(place, JSON.stringify({ ...startRequest('r-1'), record_version: 2 }));
    expect(await hasRequests(directory)).toBe(false);
    await writeFile(place, '{');
    expect(await hasRequests(directory)).toBe(true);
  });
});
