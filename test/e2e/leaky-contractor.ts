/**
 * A contractor with our own tools that says secrets on every way it has, one call after the other: a tool's failure, an answer,
 * a protocol error; and each time on stderr.
 */
import { createInterface } from 'node:readline';
import { ownTools } from '../contractors/fixtures/own-tools.ts';
import { leak } from './secrets.ts';

let calls = 0;

function answerOf(method: string): Record<string, unknown> {
  if (method === 'initialize') {
    return {
      result: {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'containers-gm-talos', version: '1' },
      },
    };
  }
  if (method === 'tools/list') return { result: { tools: ownTools } };
  if (method !== 'tools/call') return { result: {} };
  calls += 1;
  process.stderr.write(`${leak}\n`);
  const failure = JSON.stringify({ error_class: 'unreachable', message: leak });
  const answers: Record<string, unknown>[] = [
    { result: { isError: true, content: [{ type: 'text', text: failure }] } },
    { result: { isError: true, content: [{ type: 'text', text: leak }] } },
    { result: { content: [{ type: 'text', text: leak }], structuredContent: { node: leak, message: leak } } },
    { error: { code: -32_000, message: leak } },
  ];
  return answers[calls % answers.length] ?? {};
}

process.stderr.write(`started with ${process.env.LEAKY_TOKEN} ${leak}\n`);
createInterface({ input: process.stdin }).on('line', line => {
  const message: { id?: number; method?: string } = JSON.parse(line);
  if (message.id === undefined || message.method === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answerOf(message.method) })}\n`);
});
