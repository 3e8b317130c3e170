import { once } from 'node:events';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { installTools } from '../mcp/boundary.ts';
import { registryOf } from '../mcp/listed-schema.ts';
import { contextFrom, type TalosContext } from './context.ts';
import { explainTo } from './explain.ts';
import { tools } from './tools.ts';
import { untilOver } from './until-over.ts';

const registry = registryOf(tools);

/** The contractor is gone by then even if what it started has not ended; the recorder writes that end down alone. */
const OUTLIVE_MS = 45 * 60_000;

export interface ServeOptions {
  version: string;
  env: NodeJS.ProcessEnv;
}

function serverOf(context: TalosContext, version: string): McpServer {
  const server = new McpServer({ name: 'containers-gm-talos', title: 'Talos contractor', version });
  installTools(server, registry, async () => context, { explain: explainTo(line => context.say(line)) });
  return server;
}

/**
 * Serves the contractor on stdio until stdin ends; then lives on, answering nothing, until what it started detached has
 * ended or 45 minutes have passed (SAFETY 3). SIGTERM and SIGINT end it at once: what runs detached goes on and its exit is
 * recorded all the same. Resolves to the process exit code.
 */
export async function serveTalosContractor(options: ServeOptions): Promise<number> {
  const context = contextFrom(options.env, line => process.stderr.write(`containers-gm contractor talos: ${line}\n`));
  const { inputOrSignal, stopped, stop } = untilOver();
  const handle = serveStdio(() => serverOf(context, options.version), { onerror: error => context.say(error.message) });
  await inputOrSignal;
  await handle.close();
  process.stdin.destroy();
  const deadline = setTimeout(stop, OUTLIVE_MS);
  const asked = once(stopped, 'abort');
  // A dispatch that ends may leave a run behind, so look again.
  while (context.running.size > 0 && !stopped.aborted) await Promise.race([Promise.all(context.running), asked]);
  clearTimeout(deadline);
  return 0;
}
