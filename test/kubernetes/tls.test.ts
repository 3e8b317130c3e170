import { chmodSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectCluster } from '../../src/kubernetes/connect.ts';
import { clock, clusterConfig, never, recordingLog, temporaryFile } from './cluster-fixture.ts';
import { base64, CERTIFICATE, KEY } from './tls-fixture.ts';

/** An https server that asks for client certificates; counts handshakes and keeps what clients presented. */
async function secureServer(isUnauthorized: (authorization: string | undefined) => boolean = () => false) {
  const seen: { authorization: string | undefined }[] = [];
  let handshakes = 0;
  const listener: RequestListener = (request, response) => {
    const { authorization } = request.headers;
    seen.push({ authorization });
    response.setHeader('content-type', 'application/json');
    if (isUnauthorized(authorization)) response.writeHead(401);
    response.end(JSON.stringify({ metadata: { name: 'kube-system', uid: 'cluster-uid' } }));
  };
  const server = createServer({
    cert: CERTIFICATE,
    key: KEY,
    ca: CERTIFICATE,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const subjects: (string | string[] | undefined)[] = [];
  server.on('request', listener);
  server.on('secureConnection', socket => {
    handshakes++;
    subjects.push(socket.getPeerCertificate().subject?.CN);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, seen, subjects, handshakes: () => handshakes };
}

interface Parts {
  server: string;
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
  servers?: readonly string[];
}

async function connect({ server, cluster = {}, user = {}, servers = [] }: Parts) {
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': base64(CERTIFICATE), ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });
  const config = clusterConfig({ kubeconfig: temporaryFile('kubeconfig', text), context: 'x', servers }, 'observe');
  const { log, lines } = recordingLog();
  const connection = await connectCluster(config, { clock, log });
  onTestFinished(() => connection.close());
  return { ...connection, lines };
}

/** An exec credential plugin that counts its runs in the tokens it gives. */
function tokenPlugin(): string {
  const counter = temporaryFile('count', '');
  const script = `#!/bin/sh
printf x >> ${counter}
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t%s"}}' $(wc -c < ${counter} | tr -d ' ')
`;
  const path = temporaryFile('plugin', script);
  chmodSync(path, 0o700);
  return path;
}

const exec = (command: string) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' },
});

describe('TLS', () => {
  test('one handshake serves many calls, with the kubeconfig’s client certificate', async () => {
    const server = await secureServer();
    const user = { 'client-certificate-data': base64(CERTIFICATE), 'client-key-data': base64(KEY) };
    const { reader } = await connect({ server: `https://127.0.0.1:${server.port}`, user });
    for (let call = 0; call < 30; call++) await reader.identity(never());
    expect(server.handshakes()).toBe(1);
    expect(server.subjects).toEqual(['loopback test']);
  });

  test('servers named by other addresses are held to the kubeconfig’s tls-server-name', async () => {
    const server = await secureServer();
    const { reader } = await connect({
      server: 'https://api.test:6443',
      cluster: { 'tls-server-name': 'api.test' },
      servers: [`https://127.0.0.1:${server.port}`],
    });
    expect(await reader.identity(never())).toBe('cluster-uid');
  });

  test('a server that does not prove who it is is not asked again', async () => {
    const server = await secureServer();
    const { reader, lines } = await connect({
      server: `https://127.0.0.1:${server.port}`,
      cluster: { 'tls-server-name': 'other.test' },
    });
    await expect(reader.identity(never())).rejects.toMatchObject({
      code: 'KUBERNETES_UNAVAILABLE',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
    expect(lines).toHaveLength(1);
    expect(server.seen).toHaveLength(0);
  });
});

describe('credentials', () => {
  test('an exec plugin without expiry runs once for many calls', async () => {
    const server = await secureServer();
    const { reader } = await connect({ server: `https://127.0.0.1:${server.port}`, user: exec(tokenPlugin()) });
    await Promise.all([reader.identity(never()), reader.identity(never())]);
    await reader.identity(never());
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1']);
  });

  test('a token that is no longer accepted is renewed, once', async () => {
    const server = await secureServer(authorization => authorization === 'Bearer t1');
    const { reader } = await connect({ server: `https://127.0.0.1:${server.port}`, user: exec(tokenPlugin()) });
    expect(await reader.identity(never())).toBe('cluster-uid');
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('a plugin that fails is KUBERNETES_DENIED, without what it printed', async () => {
    const path = temporaryFile('plugin', '#!/bin/sh\necho "secret-output" >&2\nexit 1\n');
    chmodSync(path, 0o700);
    const { reader, lines } = await connect({ server: 'https://127.0.0.1:1', user: exec(path) });
    const denied: unknown = await reader.identity(never()).catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: 'KUBERNETES_DENIED' });
    expect(denied).not.toHaveProperty('cause');
    expect(JSON.stringify([denied, lines])).not.toContain('secret-output');
  });

  test('an abort ends the wait for a plugin', async () => {
    const path = temporaryFile('plugin', '#!/bin/sh\nexec sleep 3\n');
    chmodSync(path, 0o700);
    const { reader } = await connect({ server: 'https://127.0.0.1:1', user: exec(path) });
    const startedAt = performance.now();
    await expect(reader.identity(AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test('a user name and password go as Basic', async () => {
    const server = await secureServer();
    const { reader } = await connect({
      server: `https://127.0.0.1:${server.port}`,
      user: { username: 'u', password: 'p' },
    });
    await reader.identity(never());
    expect(server.seen[0]?.authorization).toBe(`Basic ${base64('u:p')}`);
  });
});
