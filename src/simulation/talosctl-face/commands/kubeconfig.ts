import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimCluster } from '../../world/cluster.ts';
import { authorityOf, issueClient, YEAR_MS } from '../../world/pki.ts';
import { isOn, textOf } from '../argv.ts';
import { notSimulated, TalosctlFailure } from '../failure.ts';
import type { Command, Run } from '../run.ts';
import { controlPlaneOnly } from './etcd-access.ts';

/** The URL of the cluster's VIP, as the simulation tells whoever connects. */
function serverOf(run: Run, cluster: SimCluster): string {
  const path = join(run.simulationHome, 'connection.json');
  if (!existsSync(path)) throw notSimulated('talosctl kubeconfig without a running simulation');
  const { clusters } = JSON.parse(readFileSync(path, 'utf8')) as { clusters: Record<string, { vip: string }> };
  return clusters[cluster.name]?.vip ?? '';
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An admin kubeconfig whose client certificate ends in a year, as each call makes one (contractors.md 5.5). */
function kubeconfigText(run: Run, cluster: SimCluster): string {
  const { certificate, key } = issueClient(cluster, 'kubernetes', {
    organization: 'system:masters',
    commonName: 'admin',
    fromMs: cluster.now(),
    ttlMs: YEAR_MS,
  });
  const user = textOf(run.values, 'force-context-name') ?? `admin@${cluster.name}`;
  const server = serverOf(run, cluster);
  const trust = server.startsWith('https:')
    ? `certificate-authority-data: ${base64(authorityOf(cluster, 'kubernetes').certificate)}`
    : 'insecure-skip-tls-verify: true';
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${cluster.name}`,
    '  cluster:',
    `    server: ${server}`,
    `    ${trust}`,
    'users:',
    `- name: ${user}`,
    '  user:',
    `    client-certificate-data: ${base64(certificate)}`,
    `    client-key-data: ${base64(key)}`,
    'contexts:',
    `- name: ${user}`,
    '  context:',
    `    cluster: ${cluster.name}`,
    '    namespace: default',
    `    user: ${user}`,
    `current-context: ${user}`,
    '',
  ].join('\n');
}

function pathOf(run: Run): string {
  const [given] = run.args;
  const merges = isOn(run.values, 'merge', true);
  const path = given ?? (merges ? join(run.home ?? '/', '.kube', 'config') : run.cwd);
  const absolute = run.path(path);
  return existsSync(absolute) && statSync(absolute).isDirectory() ? join(absolute, 'kubeconfig') : absolute;
}

/** `talosctl kubeconfig [PATH]`: writes a file, or stdout for "-" without merging. */
export const kubeconfig: Command = {
  path: 'kubeconfig',
  role: 'os:admin',
  flags: [
    { name: 'force', short: 'f', type: 'bool' },
    { name: 'force-context-name', type: 'text' },
    { name: 'merge', short: 'm', type: 'bool' },
  ],
  args: [0, 1],
  async run(run) {
    const target = await run.single();
    controlPlaneOnly('kubeconfig', target);
    const merges = isOn(run.values, 'merge', true);
    const text = kubeconfigText(run, target.cluster);
    if (run.args[0] === '-' && !merges) {
      run.sink.out(text);
      return;
    }
    const path = pathOf(run);
    if (existsSync(path) && merges)
      throw notSimulated('merging into an existing kubeconfig; use --merge=false with another path or --force');
    if (existsSync(path) && !isOn(run.values, 'force', false)) {
      throw new TalosctlFailure(`kubeconfig file already exists, use --force to overwrite: ${JSON.stringify(path)}`);
    }
    mkdirSync(dirname(path), { recursive: true });
    run.sink.file(path, Buffer.from(text));
  },
};
