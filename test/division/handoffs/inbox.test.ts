import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readAtMost } from '../../../src/division/handoffs/read-file.ts';
import { aHandoff, aHome, type Home, NOW_MS, OURS } from './home.ts';

let home: Home;
beforeEach(async () => {
  home = await aHome();
});

const idsOf = async (): Promise<string[]> => (await home.open().incoming()).handoffs.map(({ id }) => id);

describe('the inbox', () => {
  test('is empty, and nothing is made, where there is no directory', async () => {
    expect(await home.open().incoming()).toMatchObject({ handoffs: [], unreadable: [], leftOut: 0 });
    expect(await home.open().outgoing()).toMatchObject({ handoffs: [] });
    expect(await home.files()).toEqual([]);
  });

  test('R161, D9: is read from every place handoffs lie for us, and from no other', async () => {
    const named = (handoff_id: string) => aHandoff({ handoff_id });
    await home.lay(`${OURS}/coo-to-containers-a.json`, named('a'));
    await home.lay(`${OURS}/infra-to-containers-b.json`, named('b'));
    await home.lay(`${OURS}/alert-c.json`, named('c'));
    await home.lay(`${OURS}/incoming/d.json`, named('d'));
    await home.lay('divisions/monitoring/handoffs/containers/e.json', named('e'));
    await home.lay(`${OURS}/notes.json`, named('x1'));
    await home.lay(`${OURS}/incoming/.half.json`, named('x2'));
    await home.lay(`${OURS}/incoming/x3.json.processed`, named('x3'));
    await home.lay(`${OURS}/incoming/deeper/x4.json`, named('x4'));
    await home.lay('divisions/monitoring/handoffs/incoming/x5.json', named('x5'));
    await home.lay('divisions/monitoring/handoffs/workflows/x6.json', named('x6'));
    expect((await idsOf()).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('R161: shows what lies in two places once, what is due first in front', async () => {
    await home.lay(`${OURS}/coo-to-containers-expand-7.json`, aHandoff());
    await home.lay(`${OURS}/incoming/coo-to-containers-expand-7.json`, JSON.stringify(aHandoff(), null, 2));
    await home.lay(`${OURS}/incoming/z.json`, aHandoff({ handoff_id: 'z', priority: 'critical' }));
    const { handoffs, asOf } = await home.open().incoming();
    expect(handoffs.map(({ id, clock }) => [id, clock.due_at])).toEqual([
      ['z', '2026-11-22T10:05:00.000Z'],
      ['coo-to-containers-expand-7', '2026-11-22T10:25:00.000Z'],
    ]);
    expect(handoffs[1]?.versions[0]?.sources).toEqual([
      `${OURS}/coo-to-containers-expand-7.json`,
      `${OURS}/incoming/coo-to-containers-expand-7.json`,
    ]);
    expect(asOf).toBe('2026-11-22T10:00:00.000Z');
  });

  test('two senders with one id are both kept and shown as a conflict', async () => {
    await home.lay(`${OURS}/coo-to-containers-1.json`, aHandoff());
    await home.lay(`${OURS}/mon-to-containers-1.json`, aHandoff({ from: 'monitoring' }));
    const [handoff] = (await home.open().incoming()).handoffs;
    expect(handoff?.conflict).toBe('files with this id say different things');
    expect(handoff?.versions.map(version => version.reading.from.name).toSorted()).toEqual(['coo', 'monitoring']);
    await expect(
      home.open().handle('coo-to-containers-expand-7', { action: 'accept', principal: 'operator' }),
    ).rejects.toMatchObject({
      code: 'OPERATION_CONFLICT',
    });
    expect(await home.files()).toHaveLength(2);
  });

  test('says how many files it left out of a folder that is flooded', async () => {
    await Promise.all(Array.from({ length: 2003 }, (_, index) => home.lay(`${OURS}/incoming/${index}.json`, '{')));
    expect(await home.open().incoming()).toMatchObject({ leftOut: 3 });
  });
});

describe('D2: what is marked as processed', () => {
  const path = `${OURS}/coo-to-containers-expand-7.json`;

  test('by renaming or with an empty file beside it is read no more', async () => {
    await home.lay(path, aHandoff());
    await home.lay(`${path}.processed`, '');
    expect(await idsOf()).toEqual([]);
    await rename(join(home.coordination, path), join(home.coordination, `${path}.processed`));
    expect(await idsOf()).toEqual([]);
  });

  test('with an empty file stays so, also when the file is laid after the mark', async () => {
    await home.lay(`${path}.processed`, '');
    await home.lay(path, aHandoff());
    expect(await idsOf()).toEqual([]);
  });

  test('and laid again with the same content is still over; with another it is new', async () => {
    await home.lay(`${path}.processed`, aHandoff());
    await home.lay(path, JSON.stringify(aHandoff(), null, 2));
    expect(await idsOf()).toEqual([]);
    await home.lay(path, aHandoff({ handoff_id: 'another' }));
    expect(await idsOf()).toEqual(['another']);
  });
});

describe('a file that can’t be read', () => {
  const path = `${OURS}/incoming/half.json`;

  test('R161, R166: is put aside with the reason once nobody writes to it any more, the others are read', async () => {
    const handoffs = home.open();
    await home.lay(path, '{"handoff_id": "a", ');
    await home.lay(`${OURS}/incoming/good.json`, aHandoff());
    const first = await handoffs.incoming();
    expect(first.handoffs).toHaveLength(1);
    expect(first.unreadable).toEqual([
      { file: path, reason: 'it is not JSON, or not whole', state: 'perhaps being written' },
    ]);
    home.clock.ms += 59_000;
    await handoffs.incoming();
    expect(await home.files()).toContain(path);
    home.clock.ms += 1000;
    const [quarantined] = (await handoffs.incoming()).unreadable;
    expect(quarantined).toMatchObject({ reason: 'it is not JSON, or not whole', state: 'quarantined' });
    expect(quarantined?.file).toMatch(/^divisions\/containers\/handoffs\/quarantine\/half\.[0-9a-f]{8}\.json$/);
    expect(await readFile(join(home.coordination, quarantined?.file ?? ''), 'utf8')).toBe('{"handoff_id": "a", ');
    const files = await home.files();
    expect(files).not.toContain(path);
    expect(files).toContain(`${quarantined?.file}.reason.txt`);
    expect((await home.open().incoming()).unreadable).toEqual([quarantined]);
  });

  test('is left alone while it grows, and read when it is whole', async () => {
    const handoffs = home.open();
    const whole = JSON.stringify(aHandoff());
    await home.lay(path, whole.slice(0, 30));
    for (const part of [whole.slice(30, 60), whole.slice(60, 90), whole.slice(90)]) {
      expect((await handoffs.incoming()).unreadable).toMatchObject([{ state: 'perhaps being written' }]);
      home.clock.ms += 50_000;
      await appendFile(join(home.coordination, path), part);
    }
    expect(await handoffs.incoming()).toMatchObject({
      handoffs: [{ id: 'coo-to-containers-expand-7' }],
      unreadable: [],
    });
  });

  test('is put aside at once by who comes long after it was written', async () => {
    await home.lay(path, '[]', NOW_MS - 16 * 60_000);
    expect((await home.open().incoming()).unreadable).toMatchObject([
      { reason: 'it is not a JSON object', state: 'quarantined' },
    ]);
  });

  test('of the same name twice is put aside twice, and nothing there is overwritten', async () => {
    await home.lay(path, '1', NOW_MS - 16 * 60_000);
    await home.open().incoming();
    await home.lay(path, '2', NOW_MS - 16 * 60_000);
    const { unreadable } = await home.open().incoming();
    const texts = await Promise.all(unreadable.map(({ file }) => readFile(join(home.coordination, file), 'utf8')));
    expect(texts.toSorted()).toEqual(['1', '2']);
  });

  test('of another division, or of what we sent, stays where it is', async () => {
    await home.lay('divisions/monitoring/handoffs/containers/bad.json', '{', 0);
    await home.lay(`${OURS}/outgoing/bad.json`, '{', 0);
    const before = await home.files();
    const { unreadable } = await home.open().incoming();
    expect(unreadable.map(({ state }) => state)).toEqual(['left in place', 'left in place']);
    expect(await home.files()).toEqual(before);
  });

  test('two processes at once put it aside once', async () => {
    await home.lay(path, '{', NOW_MS - 16 * 60_000);
    await Promise.all(Array.from({ length: 8 }, () => home.open().incoming()));
    const files = await home.files();
    expect(files.filter(file => file.endsWith('.json'))).toHaveLength(1);
    expect(files.filter(file => file.endsWith('.reason.txt'))).toHaveLength(1);
  });
});

describe('links and pipes', () => {
  test('are not followed: a file, a folder, a peer', async () => {
    const secret = join(home.coordination, '..', 'secret');
    await mkdir(join(secret, 'handoffs', 'containers'), { recursive: true });
    const outside = JSON.stringify(aHandoff({ handoff_id: 'outside' }));
    await writeFile(join(secret, 'x.json'), outside);
    await writeFile(join(secret, 'handoffs', 'containers', 'x.json'), outside);
    await mkdir(join(home.directory, 'handoffs'), { recursive: true });
    await symlink(secret, join(home.directory, 'handoffs', 'incoming'));
    await symlink(join(secret, 'x.json'), join(home.directory, 'handoffs', 'coo-to-containers-x.json'));
    await symlink(secret, join(home.coordination, 'divisions', 'evil'));
    const { handoffs, unreadable } = await home.open().incoming();
    expect(handoffs).toEqual([]);
    expect(unreadable.map(({ file, state }) => [file, state])).toEqual([
      [`${OURS}/incoming`, 'left in place'],
      [`${OURS}/coo-to-containers-x.json`, 'left in place'],
    ]);
  });

  test('a pipe that nobody writes to holds nothing up, not even one laid after the look', async () => {
    await home.lay(`${OURS}/incoming/good.json`, aHandoff());
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(home.directory, 'handoffs', 'incoming', 'pipe.json')]);
    expect(await idsOf()).toEqual(['coo-to-containers-expand-7']);
    expect(await readAtMost(join(home.directory, 'handoffs', 'incoming', 'pipe.json'), 10)).toBeUndefined();
  });
});
