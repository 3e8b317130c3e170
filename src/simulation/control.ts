import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadRequest } from './bad-request.ts';
import type { ControlSurroundings } from './control-routes.ts';
import { ROUTES } from './control-routes.ts';
import { answerTalosctl } from './control-talosctl.ts';

const BODY_BYTES_MAXIMUM = 4 * 2 ** 20;

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAXIMUM) throw new BadRequest('the body is too long', 'send less than 4 MiB');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadRequest(`the body is no JSON: ${(error as Error).message}`, 'send a JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRequest('the body is no JSON object', 'send a JSON object');
  }
  return value as Record<string, unknown>;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Only callers on this machine that name it so: a page in a browser names its own host. */
const isLocal = (host: string | undefined): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');

async function serve(around: ControlSurroundings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (!isLocal(request.headers.host)) {
    answer(response, 403, { error: 'this is not a local address', remedy: 'use the control URL as it was printed' });
    return;
  }
  around.driver.catchUp();
  if (request.method === 'POST' && url.pathname === '/talosctl') {
    await answerTalosctl(around, await readBody(request), request, response);
    return;
  }
  const route = ROUTES[`${request.method} ${url.pathname}`];
  if (route === undefined) {
    const paths = ['POST /talosctl', ...Object.keys(ROUTES)].join(', ');
    answer(response, 404, { error: `${request.method} ${url.pathname} is not served`, remedy: `use one of: ${paths}` });
    return;
  }
  answer(response, 200, await route(around, await readBody(request), url.searchParams));
}

export interface Control {
  url: string;
  close(): Promise<void>;
}

/** Serves the control URL on a free port of the loopback interface. */
export async function serveControl(around: ControlSurroundings): Promise<Control> {
  const server: Server = createServer((request, response) => {
    serve(around, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof BadRequest) answer(response, 400, { error: error.message, remedy: error.remedy });
      else answer(response, 500, { error: String(error), remedy: 'this is a fault of the simulation: report it' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
