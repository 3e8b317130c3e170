import type { ApiCluster } from './api-cluster.ts';
import { plainReply, type TextReply } from './reply.ts';
import { noSuchPath } from './status.ts';
import { readProblem } from './storage-faults.ts';

/** Named checks of each endpoint; readyz has informer-sync and shutdown besides. */
const CHECKS = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/apiservice-registration-controller',
  'autoregister-completion',
];
const READY_CHECKS = [...CHECKS, 'etcd-readiness', 'informer-sync', 'shutdown'];

/** True when the etcd member beside this API server answers. */
function passes(cluster: ApiCluster, node: string, check: string): boolean {
  if (!check.startsWith('etcd')) return true;
  const isAiling = cluster.faults.active('etcd_member_unhealthy', { node }) !== undefined;
  return cluster.apiServerIsUp(node) && !isAiling && readProblem(cluster, node) === undefined;
}

/** `/healthz`, `/livez`, `/readyz`: whole, one named check, `?verbose`, `?exclude=`. 500 when a check fails. */
export function healthReply(
  cluster: ApiCluster,
  node: string,
  segments: readonly string[],
  query: URLSearchParams,
): TextReply {
  const [endpoint = '', ...named] = segments;
  const all = endpoint === 'readyz' ? READY_CHECKS : CHECKS;
  const one = named.join('/');
  if (one !== '' && !all.includes(one)) throw noSuchPath();
  const asked = (one === '' ? all : [one]).filter(check => !query.getAll('exclude').includes(check));
  const failed = asked.filter(check => !passes(cluster, node, check));
  if (one !== '' && failed.length > 0) return plainReply(500, 'internal server error: etcd failed: reason withheld\n');
  const lines = asked.map(check => (failed.includes(check) ? `[-]${check} failed: reason withheld` : `[+]${check} ok`));
  if (failed.length > 0) return plainReply(500, `${[...lines, `${endpoint} check failed`].join('\n')}\n`);
  if (!query.has('verbose')) return plainReply(200, 'ok');
  return plainReply(200, `${[...lines, `${endpoint} check passed`].join('\n')}\n`);
}

/** `/version` of the API server. */
export function versionOf(kubernetesVersion: string): Record<string, string> {
  const [, major = '1', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: kubernetesVersion.startsWith('v') ? kubernetesVersion : `v${kubernetesVersion}`,
    gitCommit: 'simulated',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'simulated',
    compiler: 'simulated',
    platform: 'linux/amd64',
  };
}
