import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArgumentsTemplate, expandArguments, isBindable } from '../../src/contractors/call-arguments.ts';
import { fingerprint, profiles } from '../../src/contractors/fingerprint.ts';
import type { ListedTool } from '../../src/contractors/tool-answer.ts';
import { a2aTools } from './fixtures/a2a-tools.ts';
import { cbepxTools } from './fixtures/cbepx-tools.ts';
import { nosmohtTools } from './fixtures/nosmoht-tools.ts';
import { ownTools } from './fixtures/own-tools.ts';
import { ryOpsTools } from './fixtures/ry-ops-tools.ts';

interface Described {
  name: string;
  inputSchema: { properties?: Record<string, unknown>; required?: string[] };
}
/** Of several types none is told, as when a session lists its tools. */
function typeOf(schema: unknown): string | undefined {
  const { type } = schema as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
}
const listed = (tools: readonly Described[]): ListedTool[] =>
  tools.map(({ name, inputSchema }) => ({
    name,
    properties: Object.fromEntries(
      Object.entries(inputSchema.properties ?? {}).map(([key, value]) => [key, typeOf(value)]),
    ),
    required: inputSchema.required ?? [],
  }));

const own = listed(ownTools);
const ryOps = listed(ryOpsTools);
const nosmoht = listed(nosmohtTools);
const cbepx = listed(cbepxTools);
const a2a = listed(a2aTools);

describe('the fingerprint', () => {
  it.each([
    ['own', own],
    ['ry-ops', ryOps],
    ['nosmoht', nosmoht],
    ['cbepx', cbepx],
    ['a2a', a2a],
  ])('%s is known by its tools, whatever name it gives itself', (name, tools) => {
    for (const serverName of ['talos-mcp-server', 'containers-gm-talos', '']) {
      expect(fingerprint(serverName, tools)?.name).toBe(name);
    }
  });

  it('a namesake with more tools, or with other arguments, is not ry-ops', () => {
    const extra = { name: 'talos_upgrade', properties: {}, required: [] };
    expect(fingerprint('talos-mcp-server', [...ryOps, extra])).toBeUndefined();
    const renamed = ryOps.map(tool =>
      tool.name === 'talos_get_version' ? { ...tool, properties: { node: 'string' } } : tool,
    );
    expect(fingerprint('talos-mcp-server', renamed)).toBeUndefined();
  });

  it('two sets of tools at once: the name breaks the tie, no name decides nothing', () => {
    const mixed = a2a.map(tool => ({
      ...tool,
      properties: { ...own.find(({ name }) => name === tool.name)?.properties, ...tool.properties },
    }));
    const both = [...own.filter(tool => !a2a.some(({ name }) => name === tool.name)), ...mixed];
    expect(fingerprint('containers-gm-talos', both)?.name).toBe('own');
    expect(fingerprint('talos-a2a-mcp-server', both)?.name).toBe('a2a');
    expect(fingerprint('something', both)).toBeUndefined();
  });

  it.each([[[]], [[{ name: 'talos', properties: {}, required: [] }]]])('an unknown set is no profile', tools => {
    expect(fingerprint('talos', tools)).toBeUndefined();
  });

  test.prop([fc.shuffledSubarray(own, { minLength: own.length })])('the order of tools does not matter', tools => {
    expect(fingerprint('', tools)?.name).toBe('own');
  });

  it('every binding of every profile fits the tools its contractor lists', () => {
    const listedBy: Record<string, readonly ListedTool[]> = { own, 'ry-ops': ryOps, nosmoht, cbepx, a2a };
    for (const profile of profiles) {
      for (const [capability, bound] of Object.entries(profile.bindings)) {
        const tool = listedBy[profile.name]?.find(({ name }) => name === bound.tool);
        expect(isBindable(tool, bound.args), `${profile.name} ${capability}`).toBe(true);
      }
    }
  });
});

describe('binding a capability', () => {
  const args = { node: { value: 'address' }, endpoint: { value: 'address', suffix: ':50000' } } as const;
  const tool = { name: 't', properties: { node: 'string', endpoint: 'string' }, required: ['node'] };

  it.each<[string, ListedTool | undefined, ArgumentsTemplate, boolean]>([
    ['all arguments are taken', tool, args, true],
    ['the tool is missing', undefined, args, false],
    ['an argument is not taken', { ...tool, properties: { node: 'string' } }, args, false],
    ['an argument has another type', { ...tool, properties: { node: 'array', endpoint: 'string' } }, args, false],
    ['a type is not said', { ...tool, properties: { node: undefined, endpoint: 'string' } }, args, true],
    [
      'an argument that is not always sent is not taken',
      tool,
      { ...args, more: { value: 'path', whenPresent: true } },
      true,
    ],
    [
      'an argument that is not always sent has another type',
      { ...tool, properties: { ...tool.properties, more: 'array' } },
      { ...args, more: { value: 'path', whenPresent: true } },
      false,
    ],
    [
      'an argument that is not always sent is required',
      { ...tool, properties: { ...tool.properties, more: 'string' }, required: ['more'] },
      { ...args, more: { value: 'path', whenPresent: true } },
      false,
    ],
    ['a required argument is not sent', { ...tool, required: ['node', 'confirm'] }, args, false],
    [
      'a number goes as an integer',
      { ...tool, properties: { tail: 'integer' }, required: [] },
      { tail: { value: 'tailLines' } },
      true,
    ],
    [
      'a constant has its type',
      { ...tool, properties: { yes: 'boolean' }, required: [] },
      { yes: { constant: true } },
      true,
    ],
    [
      'a constant has another type',
      { ...tool, properties: { yes: 'string' }, required: [] },
      { yes: { constant: true } },
      false,
    ],
  ])('%s', (_what, given, template, expected) => {
    expect(isBindable(given, template)).toBe(expected);
  });

  it('fills in values, suffixes and constants, and sends nothing it was not given', () => {
    const template = { ...args, output: { constant: 'table' } } as const;
    expect(expandArguments(template, { address: '10.0.0.2' })).toEqual({
      node: '10.0.0.2',
      endpoint: '10.0.0.2:50000',
      output: 'table',
    });
    expect(() => expandArguments(template, {})).toThrow('address');
  });
});
