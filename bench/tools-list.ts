import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rounded } from './measure.ts';
import { listToolsOf } from './stdio-host.ts';

/** CONTRACT: the tools array is at most 12,000 bytes. */
const LIMIT_BYTES = 12_000;

export async function toolsList(): Promise<Record<string, unknown>> {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-bench-'));
  const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const { tools, close } = await listToolsOf([program, '--home', home, '--log-level', 'silent']);
  await close();
  await rm(home, { recursive: true, force: true });
  const bytes = Buffer.byteLength(JSON.stringify(tools));
  return { tools: tools.length, bytes, limit_bytes: LIMIT_BYTES, ratio: rounded(bytes / LIMIT_BYTES) };
}
