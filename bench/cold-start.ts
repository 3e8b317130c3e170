import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, rounded, timed } from './measure.ts';
import { listToolsOf } from './stdio-host.ts';

const ROUNDS = 11;
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const peer = fileURLToPath(new URL('./minimal-server.mjs', import.meta.url));

/** Spawn to the answer of tools/list, ours against a minimal unbundled server, taking turns. Target: ratio <= 1. */
export async function coldStart(): Promise<Record<string, unknown>> {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-bench-'));
  const once = (args: readonly string[]) =>
    timed(async () => {
      const { close } = await listToolsOf(args);
      void close();
    });
  const [ours, minimal]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await once([program, '--home', home, '--log-level', 'silent']));
    minimal.push(await once([peer]));
  }
  await rm(home, { recursive: true, force: true });
  return {
    milliseconds: rounded(median(ours), 0),
    minimal_server_milliseconds: rounded(median(minimal), 0),
    ratio: rounded(median(ours) / median(minimal)),
  };
}
