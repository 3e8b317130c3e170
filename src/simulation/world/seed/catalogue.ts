export interface Workload {
  namespace: string;
  name: string;
  kind: 'Deployment' | 'StatefulSet';
  image: string;
  replicas: number;
  /** The budget it gets when it gets one. */
  budget: { maxUnavailable?: number | string; minAvailable?: number | string };
  /** Its requests against the average, 1 = average. */
  weight: number;
  /** Volumes: pinned to a node, attachable anywhere, or none. */
  volume?: 'pinned' | 'network';
  /** At most one pod a node. */
  isExclusive?: boolean;
}

const deployment = (
  path: string,
  image: string,
  replicas: number,
  weight: number,
  budget: Workload['budget'] = { maxUnavailable: '25%' },
): Workload => {
  const [namespace = '', name = ''] = path.split('/');
  return { namespace, name, kind: 'Deployment', image, replicas, weight, budget };
};

const stateful = (path: string, image: string, weight: number, volume?: 'network'): Workload => {
  const [namespace = '', name = ''] = path.split('/');
  return {
    namespace,
    name,
    kind: 'StatefulSet',
    image,
    replicas: 3,
    weight,
    budget: { maxUnavailable: 1 },
    isExclusive: true,
    ...(volume === undefined ? {} : { volume }),
  };
};

/** Every cluster's DNS, as Talos deploys it. */
export const dnsService: Workload = {
  namespace: 'kube-system',
  name: 'coredns',
  kind: 'Deployment',
  image: 'registry.k8s.io/coredns/coredns:v1.13.1',
  replicas: 2,
  budget: { maxUnavailable: 1 },
  weight: 0.4,
};

/** What runs on the fleet, the most awkward to drain first: budgets are handed out in this order. */
export const CATALOGUE: readonly Workload[] = [
  deployment('edge/gateway', 'ghcr.io/example/gateway:2.14.1', 12, 0.8, { maxUnavailable: 1 }),
  stateful('data/redis', 'docker.io/library/redis:8.2.1', 1.2),
  deployment('shop/checkout', 'ghcr.io/example/checkout:5.3.0', 6, 1.2, { minAvailable: 5 }),
  stateful('data/kafka', 'docker.io/apache/kafka:4.1.0', 2, 'network'),
  deployment('shop/payments', 'ghcr.io/example/payments:3.9.2', 3, 1, { minAvailable: 2 }),
  deployment('shop/storefront', 'ghcr.io/example/storefront:8.0.4', 8, 1),
  deployment('shop/cart', 'ghcr.io/example/cart:4.4.1', 4, 0.8, { maxUnavailable: 1 }),
  stateful('identity/keycloak', 'quay.io/keycloak/keycloak:26.4.0', 1.5),
  deployment('ingress/ingress-nginx', 'registry.k8s.io/ingress-nginx/controller:v1.14.0', 3, 0.7, { minAvailable: 2 }),
  deployment('shop/catalog', 'ghcr.io/example/catalog:6.1.0', 6, 1),
  deployment('shop/search', 'ghcr.io/example/search:2.2.7', 5, 1.6),
  stateful('monitoring/loki', 'docker.io/grafana/loki:3.5.7', 1.4, 'network'),
  deployment('orders/orders', 'ghcr.io/example/orders:7.5.3', 5, 1),
  deployment('orders/shipping', 'ghcr.io/example/shipping:2.0.9', 4, 0.8),
  deployment('monitoring/grafana', 'docker.io/grafana/grafana:12.2.0', 1, 0.6),
  deployment('platform/cert-manager', 'quay.io/jetstack/cert-manager-controller:v1.19.1', 1, 0.4),
  deployment('platform/external-dns', 'registry.k8s.io/external-dns/external-dns:v0.19.0', 1, 0.4),
  deployment('platform/argocd-server', 'quay.io/argoproj/argocd:v3.2.0', 2, 0.8),
  stateful('monitoring/alertmanager', 'quay.io/prometheus/alertmanager:v0.28.1', 0.5),
  deployment('mail/notifier', 'ghcr.io/example/notifier:1.12.0', 3, 0.6),
  deployment('reports/renderer', 'ghcr.io/example/renderer:0.31.2', 4, 1.3),
  deployment('pricing/pricing', 'ghcr.io/example/pricing:3.3.3', 4, 1),
  deployment('accounts/accounts', 'ghcr.io/example/accounts:9.1.1', 4, 1),
  deployment('batch/worker', 'ghcr.io/example/worker:5.0.0', 10, 1.1),
];

/** A StatefulSet of 3 on local volumes. */
export const pinnedDatabase = (index: number): Workload => ({
  namespace: 'data',
  name: index === 0 ? 'postgres' : `postgres-${index + 1}`,
  kind: 'StatefulSet',
  image: 'docker.io/library/postgres:17.6',
  replicas: 3,
  budget: { maxUnavailable: 1 },
  weight: 1.6,
  volume: 'pinned',
  isExclusive: true,
});

/** Asks for what no node has. */
export const pendingWorkload = (replicas: number): Workload => ({
  namespace: 'ml',
  name: 'embeddings',
  kind: 'Deployment',
  image: 'ghcr.io/example/embeddings:0.9.0',
  replicas,
  budget: { maxUnavailable: 1 },
  weight: 1,
});

/** Beyond so many rounds a fleet is a large one, and its Deployments are larger too. */
const SMALL_ROUNDS = 6;
const LARGE_FACTOR = 4;

/** As many pods of the catalogue as asked for, going round it again with new names; the last workload is cut to fit. */
export function workloadsFor(pods: number): Workload[] {
  const chosen: Workload[] = [];
  let left = pods;
  for (let round = 1; left > 0; round += 1) {
    for (const workload of CATALOGUE) {
      if (left <= 0) break;
      const isLarge = round > SMALL_ROUNDS && workload.kind === 'Deployment';
      const replicas = Math.min(left, workload.replicas * (isLarge ? LARGE_FACTOR : 1));
      const name = round === 1 ? workload.name : `${workload.name}-${round}`;
      chosen.push({ ...workload, name, replicas });
      left -= replicas;
    }
  }
  return chosen;
}
