// The least that can be served: one tool, on the same SDK, unbundled. The peer of the cold start.
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';

const inputSchema = z.object({ n: z.number() });
serveStdio(() => {
  const server = new McpServer({ name: 'minimal', version: '1.0.0' });
  server.registerTool('echo', { description: 'echo', inputSchema }, async ({ n }) => ({
    content: [{ type: 'text', text: String(n) }],
  }));
  return server;
});
