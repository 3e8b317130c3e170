import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockReading } from './wall-driver.ts';

export interface SimulationConnection {
  simulated: true;
  pid: number;
  /** http://127.0.0.1:PORT */
  control: string;
  kubeconfig: string;
  talosconfig: string;
  /** The folder that holds the executable `talosctl`. */
  path: string;
  clock: ClockReading;
  clusters: Record<string, ClusterConnection>;
}

export interface ClusterConnection {
  /** Of the kubeconfig: admin@NAME */
  context: string;
  talos_context: string;
  /** One API URL a control plane node. */
  servers: string[];
  vip: string;
  /** Control plane IPs. */
  endpoints: string[];
  environment: 'staging' | 'production';
  /** Template of installer images, with {schematic} and {version}. */
  installer: string;
}

/** Writes a file as a whole: nobody reads half of it. */
export function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const kubeconfigOf = (clusters: SimulationConnection['clusters']): string => {
  const names = Object.keys(clusters);
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${clusters[names[0] ?? '']?.context ?? '""'}`,
    'preferences: {}',
    'clusters:',
    ...names.map(
      name => `- name: ${name}\n  cluster:\n    server: ${clusters[name]?.vip}\n    insecure-skip-tls-verify: true`,
    ),
    'contexts:',
    ...names.map(
      name =>
        `- name: admin@${name}\n  context:\n    cluster: ${name}\n    namespace: default\n    user: admin@${name}`,
    ),
    'users:',
    ...names.map(name => `- name: admin@${name}\n  user: {}`),
    '',
  ].join('\n');
};

/** Base64 of PEM: a cluster's Talos authority and the admin certificate it issued. They protect nothing. */
export interface TalosIdentity {
  ca: string;
  crt: string;
  key: string;
}

type IdentityOf = (cluster: string) => TalosIdentity | undefined;

const identityLines = (identity: TalosIdentity | undefined): string[] =>
  identity === undefined ? [] : Object.entries(identity).map(([key, value]) => `        ${key}: ${value}`);

const talosconfigOf = (clusters: SimulationConnection['clusters'], identityOf: IdentityOf): string =>
  [
    `context: ${Object.values(clusters)[0]?.talos_context ?? '""'}`,
    'contexts:',
    ...Object.entries(clusters).map(([cluster, { talos_context: name, endpoints }]) =>
      [
        `    ${name}:`,
        '        endpoints:',
        ...endpoints.map(address => `            - ${address}`),
        ...identityLines(identityOf(cluster)),
      ].join('\n'),
    ),
    '',
  ].join('\n');

/** Writes kubeconfig, talosconfig and, last, connection.json: whoever finds that one finds everything. */
export function writeConnection(home: string, connection: SimulationConnection, identityOf: IdentityOf): void {
  writeWhole(connection.kubeconfig, kubeconfigOf(connection.clusters));
  writeWhole(connection.talosconfig, talosconfigOf(connection.clusters, identityOf));
  writeWhole(join(home, 'connection.json'), `${JSON.stringify(connection, null, 2)}\n`);
}
