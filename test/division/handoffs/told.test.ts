import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDivision } from '../../../src/division/directory.ts';
import { aHandoff, aHome, type Home, OURS } from './home.ts';

let home: Home;
beforeEach(async () => {
  home = await aHome();
});

async function listen(): Promise<string[]> {
  const division = await openDivision(home.directory, { clock: home.clock, log: home.log });
  const heard: string[] = [];
  onTestFinished(division.onChange(address => heard.push(address)));
  return heard;
}

const hears = (heard: string[], ...expected: string[]) =>
  vi.waitFor(() => expect([...new Set(heard)].toSorted()).toEqual(expected.toSorted()), {
    timeout: 5000,
    interval: 20,
  });

describe('changes of handoffs are told', () => {
  test.each([
    [`${OURS}/incoming/coo-to-containers-expand-7.json`, 'incoming'],
    [`${OURS}/coo-to-containers-expand-7.json`, 'incoming'],
    [`${OURS}/incoming/a-name-that-is-not-the-id.json`, 'incoming'],
    ['divisions/monitoring/handoffs/containers/x.json', 'incoming'],
    [`${OURS}/outgoing/coo-to-containers-expand-7.json`, 'outgoing'],
  ])('%s: the list and the handoff', async (path, list) => {
    const heard = await listen();
    await home.lay(path, aHandoff());
    await hears(heard, `gm://handoffs/${list}`, 'gm://handoffs/coo-to-containers-expand-7');
    heard.length = 0;
    await rm(join(home.coordination, path));
    await hears(heard, `gm://handoffs/${list}`, 'gm://handoffs/coo-to-containers-expand-7');
  });

  test('handling and sending, each at its addresses', async () => {
    await home.lay(`${OURS}/coo-to-containers-expand-7.json`, aHandoff());
    const heard = await listen();
    await home.open().handle('coo-to-containers-expand-7', { action: 'complete', principal: 'operator' });
    await hears(
      heard,
      'gm://handoffs/incoming',
      'gm://handoffs/outgoing',
      'gm://handoffs/coo-to-containers-expand-7',
      'gm://handoffs/containers-to-coo-expand-7',
    );
  });

  test('a status changed in place, and a file that is finished late', async () => {
    const path = `${OURS}/outgoing/containers-to-coo-1.json`;
    await home.lay(path, aHandoff({ handoff_id: 'containers-to-coo-1' }));
    const heard = await listen();
    await writeFile(
      join(home.coordination, path),
      JSON.stringify(aHandoff({ handoff_id: 'containers-to-coo-1', status: 'approved' })),
    );
    await hears(heard, 'gm://handoffs/outgoing', 'gm://handoffs/containers-to-coo-1');
    heard.length = 0;
    const half = join(home.coordination, OURS, 'incoming', 'h.json');
    await home.lay(`${OURS}/incoming/h.json`, '{"handoff_id":');
    await hears(heard, 'gm://handoffs/incoming', 'gm://handoffs/h');
    await writeFile(half, JSON.stringify(aHandoff()));
    await hears(heard, 'gm://handoffs/incoming', 'gm://handoffs/h', 'gm://handoffs/coo-to-containers-expand-7');
  });

  test('nothing else is told: temporary files, drafts, other folders', async () => {
    const heard = await listen();
    await home.lay(`${OURS}/incoming/.x.json.1-0123456789ab.tmp`, '{');
    await home.lay(`${OURS}/sending/x.json`, '{}');
    await home.lay(`${OURS}/README.json`, '{}');
    await home.lay('divisions/monitoring/handoffs/incoming/x.json', aHandoff());
    await home.lay(`${OURS}/incoming/last.json`, aHandoff({ handoff_id: 'last' }));
    await hears(heard, 'gm://handoffs/incoming', 'gm://handoffs/last');
  });
});
