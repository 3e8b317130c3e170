import { asText } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../../world/cluster.ts';
import { someServerIsUp } from '../../world/controllers/work-queue.ts';
import type { Machine } from '../../world/machine.ts';
import { answersTalos, CONTROL_PLANE_COMPONENTS } from '../../world/machine.ts';
import { containersOf } from '../../world/pods.ts';
import { isAtLeast, parseVersion, releaseOf } from '../../world/talos-release.ts';
import { textOf } from '../argv.ts';
import { dialError, TalosctlFailure } from '../failure.ts';
import type { Run } from '../run.ts';

export interface KubernetesUpgrade {
  /** Without the v, as talosctl writes them. */
  from: string;
  to: string;
  controlPlanes: Machine[];
  workers: Machine[];
}

const bare = (version: string): string => version.replace(/^v/, '');

/** What talosctl's Kubernetes client says when no API server answers. */
function needApi(cluster: SimCluster, doing: string): void {
  if (someServerIsUp(cluster)) return;
  const [first] = cluster.machines.values();
  const url = `https://${first?.ip.replace(/\.\d+$/, '.250')}:6443/api/v1/nodes`;
  throw new TalosctlFailure(`${doing} Get "${url}": dial tcp ${new URL(url).host}: connect: connection refused`);
}

/** The lowest version among the images of the control plane's pods and kube-proxy. */
function lowestVersion(cluster: SimCluster): string {
  const components = [...CONTROL_PLANE_COMPONENTS, 'kube-proxy'];
  const versions = cluster.store.list('pods', 'kube-system').flatMap(pod => {
    const app = pod.metadata.labels?.['k8s-app'] ?? '';
    if (!components.includes(app)) return [];
    return containersOf(pod)
      .filter(({ name }) => name === app)
      .map(({ image }) => /:(v[\d.]+)$/.exec(asText(image))?.[1] ?? '')
      .filter(version => parseVersion(version) !== undefined);
  });
  const [first, ...rest] = versions;
  if (first === undefined)
    throw new TalosctlFailure(
      'error detecting the lowest Kubernetes version failed to detect lowest Kubernetes version',
    );
  return bare(rest.reduce((least, other) => (isAtLeast(least, other) ? other : least), first));
}

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

/** One minor at a time; within a minor any patch. */
function checkPath(from: string, to: string): void {
  const [a, b] = [parseVersion(from), parseVersion(to)];
  const bad = [from, to].find(version => parseVersion(version) === undefined);
  if (a === undefined || b === undefined)
    throw new TalosctlFailure(
      `error creating upgrade path No Major.Minor.Patch elements found in ${JSON.stringify(bad)}`,
    );
  if (a.major === b.major && (a.minor === b.minor || a.minor + 1 === b.minor)) return;
  throw new TalosctlFailure(
    `unsupported upgrade path ${minorOf(from)}->${minorOf(to)} (from ${JSON.stringify(from)} to ${JSON.stringify(to)})`,
  );
}

/** Every node answers, and its Talos supports the version. */
function checkNodes(run: Run, machines: readonly Machine[], to: string): void {
  const minor = parseVersion(to)?.minor ?? 0;
  for (const machine of machines) {
    const { ip, running } = machine;
    if (!answersTalos(machine))
      throw new TalosctlFailure(`node ${JSON.stringify(ip)}: ${dialError(ip, 'connect: connection refused')}`);
    const [least, most] = releaseOf(running.version).kubernetes;
    if (minor >= least && minor <= most) continue;
    const why = `version of Kubernetes ${to} is too ${minor > most ? 'new' : 'old'} to be used with Talos ${bare(running.version)}`;
    const where = run.isClientAtLeast('v1.13.0') ? 'node' : 'compatibility check failed on node';
    throw new TalosctlFailure(`${where} ${JSON.stringify(ip)}: ${why}`);
  }
}

const quoted = (machines: readonly Machine[]): string => `[${machines.map(({ ip }) => JSON.stringify(ip)).join(' ')}]`;

/** What is to be upgraded, told on stdout as it is found out. Throws talosctl's refusals (contractors.md 3.8, 5.2). */
export function planUpgrade(run: Run, cluster: SimCluster, withKubelet: boolean): KubernetesUpgrade {
  const say = (text: string): void => run.sink.out(`${text}\n`);
  let from = bare(textOf(run.values, 'from') ?? '');
  if (from === '') {
    needApi(cluster, 'error detecting the lowest Kubernetes version');
    from = lowestVersion(cluster);
    say(`automatically detected the lowest Kubernetes version ${from}`);
  }
  const to = bare(textOf(run.values, 'to') ?? `1.${releaseOf(run.client).kubernetes[1]}.0`);
  checkPath(from, to);
  needApi(cluster, 'error fetching controlplane nodes:');
  const known = [...cluster.machines.values()].filter(
    ({ name }) => cluster.store.get('nodes', undefined, name) !== undefined,
  );
  const controlPlanes = known.filter(({ role }) => role === 'controlplane');
  if (controlPlanes.length === 0) throw new TalosctlFailure('no controlplane nodes discovered');
  say(`discovered controlplane nodes ${quoted(controlPlanes)}`);
  const workers = withKubelet ? known.filter(({ role }) => role === 'worker') : [];
  if (withKubelet) say(`discovered worker nodes ${quoted(workers)}`);
  checkNodes(run, [...controlPlanes, ...workers], to);
  say('checking for removed Kubernetes component flags');
  say('checking for removed Kubernetes API resource versions');
  return { from, to, controlPlanes, workers };
}
