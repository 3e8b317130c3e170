import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instructions } from '../../src/mcp/instructions.ts';
import { renderToolsDocument } from '../../src/mcp/tools-document.ts';
import { playbooks } from '../../src/playbooks/index.ts';
import { tools } from '../../src/tools/index.ts';
import type { Connection } from './connected-client.ts';
import { aFront, type Fixture } from './front-fixture.ts';

type Listed = Awaited<ReturnType<Connection['client']['listTools']>>['tools'];

let fixture: Fixture;
let listed: Listed;
beforeAll(async () => {
  // Every tool is listed for Cortex Prime.
  fixture = await aFront({ principal: 'cortex-prime' });
  listed = (await (await fixture.connect('legacy')).client.listTools()).tools;
});
afterAll(async () => fixture.close());

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`../../src/${folder}`, import.meta.url), { withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== 'index.ts')
    .map(entry => entry.name.replace(/\.ts$/, ''))
    .toSorted();

/** Every schema under `schema`, itself included. */
function schemasIn(schema: unknown): Record<string, unknown>[] {
  if (Array.isArray(schema)) return schema.flatMap(schemasIn);
  if (typeof schema !== 'object' || schema === null) return [];
  return [{ ...schema }, ...Object.values(schema).flatMap(schemasIn)];
}

describe('the list of tools', () => {
  it('is small: at most 15 tools, 12,000 bytes as a host starts it, and these four 4,600', () => {
    expect(listed.length).toBeLessThanOrEqual(15);
    const forAll = new Set(tools.filter(tool => tool.listedFor === undefined).map(({ name }) => name));
    expect(bytesOf(listed.filter(({ name }) => forAll.has(name)))).toBeLessThanOrEqual(12_000);
    const first = ['cluster_health', 'rolling_upgrade', 'get_operation', 'control_operation'];
    expect(bytesOf(listed.filter(tool => first.includes(tool.name)))).toBeLessThanOrEqual(4_600);
  });

  it('has one file for each tool, named like it', () => {
    expect(filesOf('tools')).toEqual(tools.map(tool => tool.name.replaceAll('_', '-')).toSorted());
    expect(listed.map(tool => tool.name)).toEqual(tools.map(tool => tool.name));
  });

  it('is the same in both eras', async () => {
    const { client } = await fixture.connect('modern');
    const modern = (await client.listTools()).tools;
    expect(modern).toEqual(listed);
  });

  it.each(tools.map(tool => [tool.name, tool] as const))('R54: %s keeps the rules', (name, tool) => {
    const definition = listed.find(candidate => candidate.name === name);
    expect(name).toMatch(/^[a-z][a-z0-9_]{2,39}$/);
    expect(tool.title.length).toBeGreaterThan(2);
    expect(tool.description.length).toBeLessThan(600);
    expect(tool.description).toMatch(/\.$/);
    const hints = definition?.annotations ?? {};
    for (const hint of ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const) {
      expect(hints[hint]).toBeTypeOf('boolean');
    }
    expect(hints.readOnlyHint && hints.destructiveHint).toBe(false);
    expect(hints.readOnlyHint).toBe(tool.impact === 'observe');
    expect(hints.destructiveHint).toBe(tool.impact === 'disrupt');
    const input = schemasIn(definition?.inputSchema);
    for (const schema of input) {
      for (const keyword of ['anyOf', 'oneOf', 'allOf', '$ref', '$schema', 'maxLength', 'minItems']) {
        expect(schema).not.toHaveProperty(keyword);
      }
    }
    const properties = Object.entries(definition?.inputSchema.properties ?? {});
    for (const [argument, schema] of properties) {
      expect(argument).toMatch(/^[a-z][a-z_]*$/);
      expect(argument).not.toMatch(/token$|secret|password|key$/);
      expect(schema).toHaveProperty('description');
    }
    expect(definition?.inputSchema.additionalProperties).toBe(false);
    expect(Object.hasOwn(definition ?? {}, 'outputSchema')).toBe(['cluster_health', 'get_operation'].includes(name));
    // A closed output schema would make clients refuse a field that is added later.
    for (const schema of schemasIn(definition?.outputSchema)) expect(schema.additionalProperties).not.toBe(false);
  });

  it('stands in docs/tools.md as it is', async () => {
    await expect(renderToolsDocument(tools)).toMatchFileSnapshot('../../docs/tools.md');
  });
});

describe('what a host is told', () => {
  it('R2: instructions name the General Manager and stay within 1.5 kB', async () => {
    const { client } = await fixture.connect('legacy');
    expect(client.getInstructions()).toBe(instructions);
    expect(instructions).toContain('General Manager');
    expect(Buffer.byteLength(instructions)).toBeLessThanOrEqual(1536);
  });

  it('names the server and what it can do', async () => {
    const { client } = await fixture.connect('modern');
    expect(client.getServerVersion()).toMatchObject({ name: 'containers-gm' });
    expect(client.getServerCapabilities()).toMatchObject({ resources: { subscribe: true }, tools: {}, prompts: {} });
  });

  it('has one prompt for each playbook, named like it, and the briefing', async () => {
    const { client } = await fixture.connect('legacy');
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['gm_briefing', ...playbooks.map(({ name }) => name)]);
  });
});
