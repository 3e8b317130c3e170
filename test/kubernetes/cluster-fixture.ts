import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ClusterConnection, connectCluster } from '../../src/kubernetes/connect.ts';
import type { WatchTimes } from '../../src/kubernetes/watch/watched-set.ts';
import { type AuthorizationGrounds, mintAuthorization } from '../../src/model/authorization.ts';
import type { ClusterConfig } from '../../src/model/config.ts';
import type { Clock, Log } from '../../src/ports.ts';

/** Servers that only msw answers. */
export const ONE = 'http://one.test:6443';
export const TWO = 'http://two.test:6443';

export const NOW = Date.parse('2026-11-22T10:00:00.000Z');

export const clock: Clock = { now: () => NOW, sleep: () => Promise.resolve() };

export interface LogLine {
  level: string;
  event: string;
  fields: Record<string, unknown> | undefined;
}

export function recordingLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const level = (name: string) => (event: string, fields?: Record<string, unknown>) => {
    lines.push({ level: name, event, fields });
  };
  return { lines, log: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') } };
}

export function kubeconfigText(server: string, user: Record<string, unknown> = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'admin@staging', context: { cluster: 'c', user: 'u' } }],
  });
}

/** Writes a file that is gone after the test. */
export function temporaryFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kube-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export function clusterConfig(kubernetes: ClusterConfig['kubernetes'], mode: ClusterConfig['mode']): ClusterConfig {
  return {
    name: 'staging',
    mode,
    environment: 'staging',
    simulated: false,
    kubernetes,
    talos: { contractor: 'talos', talosconfig: '/none', context: 'staging', endpoints: ['10.0.0.2'] },
    installer: 'factory.talos.dev/metal-installer/{schematic}:{version}',
  };
}

export interface ConnectOptions {
  servers?: readonly string[];
  user?: Record<string, unknown>;
  mode?: ClusterConfig['mode'];
  log?: Log;
  watchTimes?: WatchTimes;
  /** Id of the division directory. */
  directory?: string;
}

/** A connection that is closed after the test. */
export async function connect({
  servers = [ONE],
  user,
  mode = 'operate',
  log,
  watchTimes,
  directory,
}: ConnectOptions = {}): Promise<ClusterConnection> {
  const kubeconfig = temporaryFile('kubeconfig', kubeconfigText(servers[0] ?? ONE, user));
  const config = clusterConfig({ kubeconfig, context: 'admin@staging', servers }, mode);
  const connection = await connectCluster(config, {
    clock,
    log: log ?? recordingLog().log,
    ...(watchTimes && { watchTimes }),
    ...(directory !== undefined && { directory }),
  });
  onTestFinished(() => connection.close());
  return connection;
}

export const never = (): AbortSignal => new AbortController().signal;

export const allEffects: AuthorizationGrounds = {
  planHash: 'a'.repeat(64),
  operationId: 'op-1',
  cluster: 'staging',
  effects: ['cordon', 'uncordon', 'evict', 'hold_lease', 'release_lease'],
  level: 'autonomous',
  rule: 'seed line 105',
};

export const authorization = mintAuthorization(allEffects);
