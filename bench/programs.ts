/** What is measured and beside whom: how each server is started. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const program = folder('../dist/main.js');
export const minimalServer = folder('./minimal-server.mjs');

/** Our server as a host starts it. */
export const ours = (home: string): string[] => [program, '--home', home, '--log-level', 'error'];

const PEERS = folder('../test/peers/');
export const peerNames = ['mcp-server-kubernetes', 'kubernetes-mcp-server'] as const;
export type PeerName = (typeof peerNames)[number];

/** Installs the peers at the versions of their lockfile, once; they are a project of their own so that `npm ci` stays small. */
function installPeers(): void {
  if (peerNames.every(name => existsSync(join(PEERS, 'node_modules', name)))) return;
  const args = ['ci', '--prefix', PEERS, '--ignore-scripts'];
  process.stderr.write(`npm ${args.join(' ')}\n`);
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the peers could not be installed: npm run test:peers says why');
}

/** The arguments of Node that start a peer, and the peer's name with its version. */
export function peer(name: PeerName): { args: string[]; label: string } {
  installPeers();
  const manifest = createRequire(PEERS).resolve(`${name}/package.json`);
  const { bin, version } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    bin: Record<string, string>;
    version: string;
  };
  return { args: [join(dirname(manifest), bin[name] ?? '')], label: `${name} ${version}` };
}
