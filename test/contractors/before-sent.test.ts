import { describe, expect, it } from 'vitest';
import { DivisionError } from '../../src/errors.ts';
import { attempt, authorization, type Bench, bench, divisionError, never, target } from './fixtures/bench.ts';

const install = { ...attempt, image: 'image', reboots: true };
const conflict = new DivisionError('OPERATION_CONFLICT', 'somebody else holds the Lease', 'let it end');

/** Every effect through a contractor, with the caller's last word. */
function effects({ actor }: Pick<Bench, 'actor'>) {
  return {
    talos_install: (word: () => Promise<void>) => actor.install(authorization, install, never, word),
    talos_reboot: (word: () => Promise<void>) => actor.reboot(authorization, attempt, never, word),
    talos_etcd_snapshot: (word: () => Promise<void>) =>
      actor.snapshot(authorization, { ...target, path: '/a' }, never, word),
    talos_etcd_forfeit_leadership: (word: () => Promise<void>) =>
      actor.forfeitLeadership(authorization, target, never, word),
  };
}
const tools = ['talos_install', 'talos_reboot', 'talos_etcd_snapshot', 'talos_etcd_forfeit_leadership'] as const;

describe('SAFETY 6: the caller has the last word before an effect is sent', () => {
  it.each(tools)('%s: after the contractor was started and probed, right before the call', async tool => {
    const here = bench({ toolset: 'own' });
    const seen: string[] = [];
    await effects(here)[tool](async () => {
      seen.push(...here.log().flatMap(line => (line.event === 'begin' ? [line.tool ?? ''] : [])));
    });
    expect(seen.sort()).toEqual(['talos_logs', 'talos_version']);
    expect(here.begun(tool)).toHaveLength(1);
  });

  it.each(tools)('%s: what it throws is thrown as it is, and nothing is sent', async tool => {
    const here = bench({ toolset: 'own' });
    expect(await divisionError(effects(here)[tool](() => Promise.reject(conflict)))).toBe(conflict);
    expect(here.begun(tool)).toEqual([]);
  });

  it('a contractor that has to be started again is asked for, and so is the word', async () => {
    const here = bench({ toolset: 'own', failedStarts: 2 });
    let words = 0;
    await here.actor.install(authorization, install, never, async () => {
      words += 1;
    });
    expect(here.starts()).toBe(3);
    expect(words).toBe(1);
  });
});
