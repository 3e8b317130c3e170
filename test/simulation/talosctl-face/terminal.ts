import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTalosctl } from '../../../src/simulation/talosctl-face/talosctl.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { pass, SECOND } from '../world/worlds.ts';

/** Where talosctl is run: its files are found and would be written there. */
export const folder = mkdtempSync(join(tmpdir(), 'talosctl-face-'));
const config = join(folder, 'talosconfig');
writeFileSync(
  config,
  'context: small\ncontexts:\n    small:\n        endpoints:\n            - 10.5.0.2\n            - 10.5.0.3\n            - 10.5.0.4\n',
);

export interface Terminal {
  stdout: string;
  stderr: string;
  files: Map<string, Buffer>;
  exit: number | undefined;
  /** The caller goes away. */
  kill(): void;
  done: Promise<void>;
}

/** Starts talosctl on a world; its output grows while the world's time passes. */
export function startTalosctl(world: SavedWorld, line: string): Terminal {
  const caller = new AbortController();
  const terminal: Terminal = {
    stdout: '',
    stderr: '',
    files: new Map(),
    exit: undefined,
    kill: () => caller.abort(),
    done: Promise.resolve(),
  };
  const sink = {
    out: (text: string) => {
      terminal.stdout += text;
    },
    err: (text: string) => {
      terminal.stderr += text;
    },
    file: (path: string, bytes: Buffer) => {
      terminal.files.set(path, bytes);
    },
  };
  const request = { argv: line.split(' ').filter(word => word !== ''), cwd: folder, home: folder };
  terminal.done = runTalosctl(request, { world, sink, signal: caller.signal, ownConfig: config }).then(
    exit => {
      terminal.exit = exit;
    },
    (error: unknown) => {
      if (!caller.signal.aborted) throw error;
    },
  );
  return terminal;
}

/** Runs talosctl to its end, letting the world's time pass meanwhile. */
export async function talosctl(world: SavedWorld, line: string, limitSeconds = 3_600): Promise<Terminal> {
  const terminal = startTalosctl(world, line);
  for (let second = 0; second < limitSeconds && terminal.exit === undefined; second += 1) {
    await new Promise(resolve => setImmediate(resolve));
    if (terminal.exit === undefined) pass(world, SECOND);
  }
  return terminal;
}
