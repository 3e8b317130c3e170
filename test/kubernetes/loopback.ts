import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Loopback {
  url: string;
  server: Server;
  /** Connections accepted so far. */
  sockets: Socket[];
  stop(): Promise<void>;
}

/** A real HTTP server on a free port, gone after the test. */
export async function loopback(listener: RequestListener): Promise<Loopback> {
  const server = createServer(listener);
  const sockets: Socket[] = [];
  server.on('connection', socket => sockets.push(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, sockets, stop };
}
