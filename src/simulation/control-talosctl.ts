import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadRequest } from './bad-request.ts';
import type { ControlSurroundings } from './control-routes.ts';
import type { TalosctlRequest } from './talosctl-face/run.ts';
import { runTalosctl } from './talosctl-face/talosctl.ts';
import { ToolKilled } from './talosctl-face/tool-killed.ts';

function readRequest(body: Record<string, unknown>): TalosctlRequest {
  const { argv, cwd = '/', talosconfig, home } = body;
  if (!Array.isArray(argv) || !argv.every(word => typeof word === 'string')) {
    throw new BadRequest('"argv" is no list of strings', 'send {"argv": ["version"], "cwd": "/"}');
  }
  if (typeof cwd !== 'string') throw new BadRequest('"cwd" is no text', 'send a path');
  return {
    argv,
    cwd,
    ...(typeof talosconfig === 'string' ? { talosconfig } : {}),
    ...(typeof home === 'string' ? { home } : {}),
  };
}

/** Runs talosctl and streams what it says: one JSON frame a line, {"exit": N} being the last. */
export async function answerTalosctl(
  around: ControlSurroundings,
  body: Record<string, unknown>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = readRequest(body);
  const caller = new AbortController();
  response.on('close', () => caller.abort());
  request.on('aborted', () => caller.abort());
  const frame = (content: Record<string, unknown>): void => {
    if (!response.destroyed) response.write(`${JSON.stringify(content)}\n`);
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const sink = {
    out: (text: string) => frame({ out: text }),
    err: (text: string) => frame({ err: text }),
    file: (path: string, bytes: Buffer) => frame({ file: path, base64: bytes.toString('base64') }),
  };
  try {
    const exit = await runTalosctl(asked, {
      world: around.world,
      sink,
      signal: caller.signal,
      ownConfig: around.ownTalosconfig,
    });
    frame({ exit });
  } catch (error) {
    if (caller.signal.aborted) return;
    if (error instanceof ToolKilled) {
      frame({ kill: error.signal });
      response.end();
      return;
    }
    frame({ err: `the simulation failed: ${String(error)}\n` });
    frame({ exit: 1 });
  }
  response.end();
}
