import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

/** Starts a server over stdio, lists its tools, ends it. */
export async function listToolsOf(args: readonly string[]) {
  const client = new Client({ name: 'bench', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
  const transport = new StdioClientTransport({ command: process.execPath, args: [...args], stderr: 'ignore' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  return { tools, close: () => client.close() };
}
