import { describe, expect, it } from 'vitest';
import type { FleetReader } from '../../src/ports/fleet-reader.ts';
import { type Bench, bench, divisionError, never } from './fixtures/bench.ts';
import type { Script } from './fixtures/script.ts';

const NAMES = ['staging', 'production'];

function several(script: Script): Bench & { fleet: FleetReader } {
  const opened = bench(script);
  const fleet = opened.contractors.forSeveral()?.reader;
  if (fleet === undefined) throw new Error('there is none');
  return { ...opened, fleet };
}

describe('R40: the contractor over several clusters', () => {
  it('is asked for all of them at once, and says what it says of each', async () => {
    const { fleet, begun, starts } = several({ toolset: 'fleet' });
    expect(await fleet.offersDrift(never)).toBe(true);
    expect(await fleet.versions(NAMES, never)).toEqual({
      clusters: NAMES.map(cluster => ({ cluster, talos: { 'v1.13.9': 3 }, kubelet: { 'v1.35.2': 3 } })),
      failed: [],
    });
    expect(await fleet.drift(NAMES, never)).toMatchObject({ compared: NAMES, differences: [] });
    expect(begun('talos_fleet_drift').map(({ args }) => args)).toEqual([{ clusters: NAMES }]);
    expect(starts()).toBe(1);
  });

  it('that is another program offers nothing, and is asked for nothing: who would do it is named', async () => {
    const { fleet, begun } = several({ toolset: 'a2a' });
    expect(await fleet.offersDrift(never)).toBe(false);
    const error = await divisionError(fleet.drift(NAMES, never));
    expect(error).toMatchObject({ code: 'CAPABILITY_MISSING', message: expect.stringContaining('talos_fleet_drift') });
    expect(error.remedy).toContain('"contractor", "talos-a2a"');
    expect(begun('talos_fleet_drift')).toEqual([]);
  });

  it('that does not start offers nothing, and is unavailable', async () => {
    const { fleet } = several({ toolset: 'fleet', failedStarts: 20 });
    expect(await fleet.offersDrift(never)).toBe(false);
    expect((await divisionError(fleet.versions(NAMES, never))).code).toBe('CONTRACTOR_UNAVAILABLE');
  });

  it.each([
    ['fails', { isError: true, text: 'no talosctl' }, 'CONTRACTOR_FAILED'],
    ['answers something else', { structured: { compared: 'all' } }, 'CONTRACTOR_UNINTELLIGIBLE'],
    ['answers nothing', {}, 'CONTRACTOR_UNINTELLIGIBLE'],
    ['ends', { crash: 3 }, 'CONTRACTOR_UNAVAILABLE'],
  ])('that %s is not taken for an answer', async (_what, behaviour, code) => {
    const { fleet } = several({ toolset: 'fleet', tools: { talos_fleet_drift: behaviour } });
    expect((await divisionError(fleet.drift(NAMES, never))).code).toBe(code);
  });
});
