import { once } from 'node:events';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { DivisionError } from '../errors.ts';
import { installTools } from '../mcp/boundary.ts';
import { presentable, TalosctlError } from '../talosctl/errors.ts';
import { contextFrom, type TalosContext } from './context.ts';
import { tools } from './tools.ts';

/** The contractor is gone by then even if what it started has not ended; the recorder writes that end down alone. */
const OUTLIVE_MS = 45 * 60_000;

export interface ServeOptions {
  version: string;
  env: NodeJS.ProcessEnv;
}

/** The wire form of a failed call: {error_class, message, remedy} (model/talos.ts). */
function wireOf(error: unknown): Record<string, unknown> | undefined {
  if (error instanceof TalosctlError)
    return { error_class: error.errorClass, message: error.message, remedy: error.remedy };
  if (error instanceof DivisionError && error.code === 'INPUT_INVALID')
    return { error_class: 'invalid_argument', message: presentable(error.message), remedy: error.remedy };
  return undefined;
}

function serverOf(context: TalosContext, version: string): McpServer {
  const server = new McpServer({ name: 'containers-gm-talos', title: 'Talos contractor', version });
  installTools(server, tools, context, {
    explain(error) {
      const known = wireOf(error);
      if (known !== undefined) return known;
      context.say(presentable(error instanceof Error ? (error.stack ?? error.message) : String(error)));
      return { error_class: 'failed', message: 'the contractor failed to answer this call', remedy: 'see its stderr' };
    },
  });
  return server;
}

async function ended(stream: NodeJS.ReadableStream): Promise<void> {
  await Promise.race([once(stream, 'end'), once(stream, 'close')]);
}

/**
 * Serves the contractor on stdio until stdin ends; then lives on, answering nothing, until what it started detached has
 * ended or 45 minutes have passed (SAFETY 3). SIGTERM and SIGINT end it at once: what runs detached goes on and its exit is
 * recorded all the same. Resolves to the process exit code.
 */
export async function serveTalosContractor(options: ServeOptions): Promise<number> {
  const context = contextFrom(options.env, line => process.stderr.write(`containers-gm contractor talos: ${line}\n`));
  const inputEnded = ended(process.stdin);
  const handle = serveStdio(() => serverOf(context, options.version), { onerror: error => context.say(error.message) });
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const asked = once(stopped.signal, 'abort');
  await Promise.race([inputEnded, asked]);
  await handle.close();
  process.stdin.destroy();
  const deadline = setTimeout(stop, OUTLIVE_MS);
  // A dispatch that ends may leave a run behind, so look again.
  while (context.running.size > 0 && !stopped.signal.aborted) await Promise.race([Promise.all(context.running), asked]);
  clearTimeout(deadline);
  return 0;
}
