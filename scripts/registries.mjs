import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const LISTS = `
  import { prompts, resources, tools } from './src/mcp/definitions.ts';
  import { listedPrompt, listedResource } from './src/mcp/late.ts';
  import { registryOf } from './src/mcp/listed-schema.ts';
  export const lists = {
    tools: registryOf(tools).listing,
    prompts: prompts.map(listedPrompt),
    resources: resources.map(listedResource),
  };
`;

/** The lists as the definitions make them. `shared`: how the program is built. */
async function listsOf(shared) {
  const folder = await mkdtemp(join(tmpdir(), 'containers-gm-lists-'));
  try {
    const outfile = join(folder, 'lists.mjs');
    const stdin = { contents: LISTS, resolveDir: shared.absWorkingDir };
    const single = { outdir: undefined, splitting: false, legalComments: 'none' };
    await build({ ...shared, ...single, stdin, outfile });
    return (await import(pathToFileURL(outfile).href)).lists;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** For esbuild: the finished lists in the place of the registries; the definitions become a part that is loaded when it is needed. */
export async function finishedLists(shared) {
  const { tools, prompts, resources } = await listsOf(shared);
  const contents = `
    import { latePrompts, lateResources } from './late.ts';
    const definitions = () => import('./definitions.ts');
    export const registries = {
      tools: { listing: ${JSON.stringify(tools)}, load: async () => (await definitions()).tools },
      prompts: latePrompts(${JSON.stringify(prompts)}, async () => (await definitions()).prompts),
      resources: lateResources(${JSON.stringify(resources)}, async () => (await definitions()).resources),
    };
  `;
  return {
    name: 'finished-lists',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]src[\\/]mcp[\\/]registries\.ts$/ }, () => ({ contents, loader: 'js' }));
    },
  };
}
