import { symlink } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { jsonMistake } from '../../src/config/json-position.ts';
import { newUser, self, smallDivision, type User } from './fixture.ts';

let user: User;
beforeEach(async () => {
  user = await newUser();
});

const servers = (entries: Record<string, unknown>) => JSON.stringify({ mcpServers: entries });

async function contractorsOf(entries: Record<string, unknown>) {
  const configFile = await user.write('mcp.json', servers(entries));
  return (await user.load({ configFile })).contractors;
}

async function refusal(text: string) {
  const configFile = await user.write('mcp.json', text);
  return user.refused({ configFile });
}

describe('the contractors of mcp.json', () => {
  test('are its entries, as they stand', async () => {
    const other = { command: 'uvx', args: ['talos-mcp'], env: { TALOSCONFIG: '/t' } };
    expect(await contractorsOf({ other })).toMatchObject({ other });
  });

  test('R16: include our own one unless its name is given to another', async () => {
    expect((await contractorsOf({})).talos).toEqual({
      command: self[0],
      args: [self[1], 'contractor', 'talos'],
      env: {},
    });
    expect((await contractorsOf({ talos: { command: 'theirs' } })).talos).toMatchObject({ command: 'theirs' });
  });

  test('R6: are talos and talos-a2a, and no other, where nothing names one', async () => {
    const own = (name: string) => ({ command: self[0], args: [self[1], 'contractor', name], env: {} });
    const two = { talos: own('talos'), 'talos-a2a': own('talos-a2a') };
    expect(await contractorsOf({})).toEqual(two);
    expect((await user.load({})).contractors).toEqual(two);
    const theirs = await contractorsOf({ 'talos-a2a': { command: 'theirs' } });
    expect(theirs['talos-a2a']).toMatchObject({ command: 'theirs' });
  });

  test.each([
    ['the same script', { command: 'node', args: [self[1]] }],
    ['npx', { command: 'npx', args: ['-y', 'containers-gm'] }],
    ['npx with a version', { command: 'npx', args: ['-y', 'containers-gm@1.2.3', 'serve'] }],
    ['its command', { command: 'containers-gm', args: ['--home', '/x'] }],
    ['a path to its command', { command: '/opt/gm/dist/main.js' }],
  ])('leave out the entry that starts this server itself by %s', async (_title, entry) => {
    expect(Object.keys(await contractorsOf({ gm: entry, other: { command: 'x' } })).sort()).toEqual([
      'other',
      'talos',
      'talos-a2a',
    ]);
  });

  test('leave out this server also by a link to it or by another build of its package', async () => {
    await user.write('package/package.json', '{"name":"containers-gm"}');
    await user.write('package/dist/main.js', '');
    await symlink(user.path('package/dist/main.js'), user.path('gm'));
    await symlink(user.path('package/dist/main.js'), `${user.home}/gm`);
    const contractors = await contractorsOf({
      link: { command: './gm' },
      home: { command: '~/gm' },
      shell: { command: 'sh', args: ['-c', 'exec containers-gm serve'] },
      build: { command: 'node', args: ['package/dist/main.js'] },
    });
    expect(Object.keys(contractors)).toEqual(['talos', 'talos-a2a']);
  });

  test('start our own contractors as this very program, with their environment', async () => {
    const contractors = await contractorsOf({
      mine: { command: 'npx', args: ['-y', 'containers-gm', 'contractor', 'talos-a2a'], env: { A: '1' } },
    });
    expect(contractors.mine).toEqual({
      command: self[0],
      args: [self[1], 'contractor', 'talos-a2a'],
      env: { A: '1' },
    });
  });

  test('start our own contractors through a shell as they stand', async () => {
    const entry = { command: 'sh', args: ['-c', 'exec containers-gm contractor talos'], env: {} };
    expect((await contractorsOf({ mine: entry })).mine).toEqual(entry);
  });

  test('may be commands beside the file or in the user’s home', async () => {
    const contractors = await contractorsOf({ beside: { command: './bin/talos' }, home: { command: '~/bin/talos' } });
    expect(contractors.beside?.command).toBe(user.path('bin/talos'));
    expect(contractors.home?.command).toBe(`${user.home}/bin/talos`);
  });

  test.each([
    ['this server itself', { command: 'containers-gm' }, /starts this server itself/],
    ['a server by URL', { type: 'http', url: 'https://x/mcp' }, /reached by URL/],
    ['disabled', { command: 'x', disabled: true }, /disabled/],
  ])('can’t be %s where a cluster names it', async (_title, entry, message) => {
    const configFile = await user.write('mcp.json', servers({ chosen: entry }));
    const text = smallDivision.replace('talos: {', 'talos: {contractor: chosen, ');
    const divisionFile = await user.write('division.yaml', text);
    const error = await user.refused({ configFile, divisionFile, home: user.home });
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });
});

describe('an mcp.json that is', () => {
  test('broken names line and column, and none of its text', async () => {
    const error = await refusal('{\n  "mcpServers": {\n    "a": {"env": {"TOKEN": "hunter2",}}\n  }\n}\n');
    expect(error).toMatchObject({ code: 'INPUT_INVALID', exitCode: 2 });
    expect(error.message).toContain('line 3, column 38: not JSON');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  test('wrong in many places is told all of them', async () => {
    const error = await refusal(servers({ a: { args: 'x' }, b: { command: 5, env: { KEY: 7 } }, c: 'x' }));
    for (const words of [
      'mcpServers.a.command: is missing: give a text',
      'mcpServers.a.args: give a list',
      'mcpServers.b.command: give a text',
      'mcpServers.b.env.KEY: give a text',
      'mcpServers.c: give a mapping',
    ]) {
      expect(error.message).toContain(words);
    }
  });

  test.each(['{}', '[]', '{"mcpServers": []}', ''])('%j is refused with the form it should have', async text => {
    expect((await refusal(text)).remedy).toContain('{"mcpServers": {"NAME": {"command"');
  });

  test('marked with a byte order mark is read', async () => {
    const configFile = await user.write('mcp.json', `\uFEFF${servers({ x: { command: 'x' } })}`);
    expect((await user.load({ configFile })).contractors.x?.command).toBe('x');
  });
});

describe('the place where a text stops being JSON', () => {
  test.each([
    ['{"a": 1,}', 1, 9],
    ['{"a": 1\n "b": 2}', 2, 2],
    ['[1, 2', 1, 6],
    ['{"a": tru}', 1, 7],
    ['{"a": "x\n"}', 1, 7],
    ['{} x', 1, 4],
    ["{'a': 1}", 1, 2],
    ['', 1, 1],
    ['{"a": 01}', 1, 7],
  ])('in %j is line %i, column %i', (text, line, column) => {
    expect(jsonMistake(text)).toEqual({ line, column });
  });

  test('is the end for a text that was cut off, and nowhere before a mistake put into good JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, seed) => {
        const offset = seed % (json.length + 1);
        const spoiled = `${json.slice(0, offset)}\u0001${json.slice(offset)}`;
        fc.pre(!/"/.test(json));
        expect(jsonMistake(spoiled).column).toBeLessThanOrEqual(offset + 1);
        expect(jsonMistake(json).column).toBe(json.length + 1);
      }),
    );
  });
});
