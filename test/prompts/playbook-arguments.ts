/** What each playbook's prompt is asked with: one example a playbook, as a person types it. */
import type { PlaybookName } from '../../src/model/task.ts';

export const given: Readonly<Record<PlaybookName, Readonly<Record<string, string>>>> = {
  daily_health_check: {},
  node_management: { clusters: 'staging' },
  workload_monitoring: { clusters: 'staging', namespace: 'shop' },
  cluster_optimization: { clusters: 'staging, production' },
  certificate_management: {},
  backup_validation: { clusters: 'production' },
  division_review: { month: '2026-11' },
  version_planning: { clusters: 'staging', to_version: 'v1.36' },
  capacity_planning: {},
  cluster_failure: { clusters: 'staging' },
  node_failure: { cluster: 'staging', node: 'worker-2' },
  workload_failure: { cluster: 'staging', namespace: 'shop', workload: 'web' },
  deploy_application: { cluster: 'staging', applications: 'shop/web, shop/api, blog/web' },
  scale_cluster: { cluster: 'staging', count: '3', labels: '{"tier":"web"}' },
  kubernetes_upgrade: { clusters: 'staging, production', to_version: 'v1.36.0' },
  talos_upgrade: { clusters: 'staging, production', to_version: 'v1.13.9' },
  remove_node: { cluster: 'staging', node: 'worker-3' },
  maintain_node: { cluster: 'staging', node: 'worker-1', reason: 'a new disk', minutes: '30' },
  rotate_certificates: { cluster: 'staging', what: 'client' },
  recover_etcd: { cluster: 'staging' },
  create_cluster: { name: 'staging', control_planes: '3', workers: '2' },
};
