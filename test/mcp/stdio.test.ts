import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, describe, expect, it } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { eras, textOf } from './connected-client.ts';
import { SHORT } from './front-fixture.ts';

const args = ['--import', 'tsx', fileURLToPath(new URL('./stdio-child.ts', import.meta.url))];

describe.each(eras)('a server on stdio, %s era', era => {
  it('serves a real client, and its stdout holds nothing but the protocol', async () => {
    const client = new Client(
      { name: 'host', version: '1' },
      { versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
    );
    const faults: string[] = [];
    client.onerror = error => faults.push(error.message);
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
    const result = await client.callTool({ name: 'get_operation' });
    expect(textOf(result)).toContain(`op-${SHORT}: running`);
    expect((await client.listTools()).tools).toHaveLength(
      tools.filter(({ listedFor }) => listedFor === undefined).length,
    );
    await client.close();
    expect(faults).toEqual([]);
  });
});

describe('a server on stdio', () => {
  let child: ChildProcessWithoutNullStreams | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  /** Starts the server and leaves it with a call that waits for 20 s. */
  async function waitingServer() {
    const server = spawn(process.execPath, args);
    child = server;
    let stderr = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    let stdout = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    const clientInfo = { name: 'host', version: '1' };
    send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } });
    send({ method: 'notifications/initialized' });
    const given = { operation_id: `op-${SHORT}`, wait_ms: 20_000 };
    send({
      id: 2,
      method: 'tools/call',
      params: { name: 'get_operation', arguments: given, _meta: { progressToken: 'p' } },
    });
    await expect.poll(() => stdout, { timeout: 20_000 }).toContain('notifications/progress');
    return { server, stderr: () => stderr };
  }

  it.each([
    ['the host closes stdin', (server: ChildProcessWithoutNullStreams) => server.stdin.end()],
    ['SIGTERM comes', (server: ChildProcessWithoutNullStreams) => server.kill('SIGTERM')],
    ['SIGINT comes', (server: ChildProcessWithoutNullStreams) => server.kill('SIGINT')],
  ])('ends by itself when %s, with a call under way', async (_what, end) => {
    const { server, stderr } = await waitingServer();
    const begin = performance.now();
    end(server);
    const [code] = await once(server, 'exit');
    expect(code).toBe(0);
    expect(performance.now() - begin).toBeLessThan(8000);
    expect(stderr()).toContain('served');
  });
});
