// Bundles the program into dist/: ES modules for Node 20, heavy libraries in chunks that load on first use.
import { chmod, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { kubeConfigAlone } from './kube-config-alone.mjs';
import { finishedLists } from './registries.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMMAND_LINE = 'src/commands/command-line.ts';

/** What is only loaded for a command stands in a bundle of its own: main.js finds it beside itself. */
const commandLineApart = {
  name: 'command-line-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/commands\/command-line\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './command-line.js', external: true } : undefined,
    );
  },
};

const shared = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  alias: { '@modelcontextprotocol/server/_shims': './scripts/mcp-server-shims.mjs' },
  // Half the text to parse at every start. Names stay: a stack trace in the log says where.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  // Native code, installed where it can be, and WebAssembly that finds its file beside itself.
  external: ['@resvg/resvg-js', 'highs'],
  // CommonJS dependencies call require() for Node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
};

const plugins = [kubeConfigAlone, await finishedLists(shared)];
await rm(`${root}dist`, { recursive: true, force: true });
// A host waits for the server's list of tools. In one bundle with the commands its code would be cut along what it shares with each of
// them, into three times as many files to find and open.
await build({ ...shared, entryPoints: ['src/main.ts'], plugins: [commandLineApart, ...plugins] });
await build({ ...shared, entryPoints: [COMMAND_LINE], plugins });
await chmod(`${root}dist/main.js`, 0o755);
