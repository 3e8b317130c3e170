import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { buildServer, type ServedFront } from './server.ts';

export interface StdioStreams {
  input: Readable;
  output: Writable;
}

/**
 * Serves both protocol eras on stdio. Resolves when the host closes stdin, when stdout breaks, or at SIGTERM or SIGINT; calls
 * under way are then aborted, operations are not. Logs never touch stdout: it is the protocol.
 */
export async function serveOnStdio(
  front: ServedFront,
  streams: StdioStreams = { input: process.stdin, output: process.stdout },
): Promise<void> {
  const transport = new StdioServerTransport(streams.input, streams.output);
  const handle = serveStdio(({ era }) => buildServer(front, era), {
    transport,
    onerror: error => front.log.warn('mcp.stdio', { error: error.message }),
  });
  const closedBySdk = transport.onclose;
  const closed = new Promise<void>(resolve => {
    transport.onclose = () => {
      closedBySdk?.();
      resolve();
    };
  });
  const close = (): void => {
    handle.close().catch((error: unknown) => front.log.warn('mcp.stdio', { error: String(error) }));
  };
  process.once('SIGTERM', close);
  process.once('SIGINT', close);
  try {
    await closed;
  } finally {
    process.off('SIGTERM', close);
    process.off('SIGINT', close);
  }
}
