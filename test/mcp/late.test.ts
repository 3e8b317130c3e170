import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { finishedLists } from '../../scripts/registries.mjs';
import type { Prompt } from '../../src/mcp/define-prompt.ts';
import type { ResourceFamily } from '../../src/mcp/define-resource.ts';
import { latePrompts, lateResources, listedPrompt, listedResource } from '../../src/mcp/late.ts';
import type { registries as Registries } from '../../src/mcp/registries.ts';
import { registries } from '../../src/mcp/registries.ts';

interface Context {
  division: string;
}

const context: Context = { division: 'containers' };
const signal = new AbortController().signal;

const greet: Prompt<Context> = {
  name: 'greet',
  title: 'Greet',
  description: 'greets',
  arguments: {
    who: { description: 'a name', isRequired: true, complete: async ({ division }, typed) => [`${division}-${typed}`] },
    how: { description: 'a manner', isRequired: false },
  },
  render: async ({ division }, { who }) => `${who} of ${division}`,
};

const thing: ResourceFamily<Context> = {
  name: 'thing',
  title: 'Thing',
  description: 'a thing',
  uri: 'gm://things/{id}',
  keepMs: 5,
  read: async ({ division }, { id }) => ({ division, id }),
  list: async () => [{ uri: 'gm://things/one', name: 'One' }],
  complete: { id: async () => ['one', 'two'] },
};
const plain: ResourceFamily<Context> = { ...thing, name: 'plain', uri: 'gm://plain', isUncounted: true };
delete (plain as { list?: unknown }).list;
delete (plain as { complete?: unknown }).complete;

/** What goes into a bundle: JSON. */
const kept = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe('what is listed before it is there', () => {
  test('a prompt is listed as it is, and loaded to be rendered and completed', async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      return [greet];
    };
    const [late] = latePrompts<Context>(kept([greet].map(listedPrompt)), load);
    expect(late && listedPrompt(late)).toEqual(listedPrompt(greet));
    expect(loads).toBe(0);
    expect(await late?.render(context, { who: 'ann' }, signal)).toBe('ann of containers');
    expect(await late?.arguments.who?.complete?.(context, 'a', {}, signal)).toEqual(['containers-a']);
    expect(late?.arguments.how?.complete).toBeUndefined();
    expect(loads).toBe(2);
  });

  test('a family of resources too, and only what it has is offered', async () => {
    const families = [thing, plain];
    const [lateThing, latePlain] = lateResources<Context>(kept(families.map(listedResource)), async () => families);
    expect([lateThing, latePlain].map(late => late && listedResource(late))).toEqual(families.map(listedResource));
    expect(await lateThing?.read(context, { id: 'one' }, signal)).toEqual({ division: 'containers', id: 'one' });
    expect(await lateThing?.list?.(context, signal)).toEqual([{ uri: 'gm://things/one', name: 'One' }]);
    expect(await lateThing?.complete?.id?.(context, '', {}, signal)).toEqual(['one', 'two']);
    for (const absent of ['list', 'complete']) expect(latePlain).not.toHaveProperty(absent);
  });

  test('a list that names what there is not says so', async () => {
    const [late] = latePrompts<Context>([listedPrompt(greet)], async () => []);
    await expect(late?.render(context, {}, signal)).rejects.toThrow('greet');
  });
});

test('the bundle lists exactly what the definitions do, and loads them to be called', async () => {
  const absWorkingDir = fileURLToPath(new URL('../..', import.meta.url));
  const outdir = await mkdtemp(join(tmpdir(), 'containers-gm-bundle-'));
  onTestFinished(() => rm(outdir, { recursive: true }));
  const shared = {
    absWorkingDir,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outExtension: { '.js': '.mjs' },
    external: ['@resvg/resvg-js', 'highs'] as string[],
    banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
  } as const;
  await build({ ...shared, entryPoints: ['src/mcp/registries.ts'], plugins: [await finishedLists(shared)] });
  const bundled = (await import(pathToFileURL(join(outdir, 'registries.mjs')).href)) as {
    registries: typeof Registries;
  };
  expect(bundled.registries.tools.listing).toEqual(registries.tools.listing);
  expect(bundled.registries.prompts.map(listedPrompt)).toEqual(registries.prompts.map(listedPrompt));
  expect(bundled.registries.resources.map(listedResource)).toEqual(registries.resources.map(listedResource));
  const tools = await bundled.registries.tools.load();
  expect(tools.map(({ name }) => name)).toEqual(registries.tools.listing.map(({ name }) => name));
}, 60_000);
