import type { PlaybookName } from '../model/task.ts';
import { backupValidation } from './backup-validation.ts';
import { capacityPlanning } from './capacity-planning.ts';
import { certificateManagement } from './certificate-management.ts';
import { clusterFailure } from './cluster-failure.ts';
import { clusterOptimization } from './cluster-optimization.ts';
import { createCluster } from './create-cluster.ts';
import { dailyHealthCheck } from './daily-health-check.ts';
import { deployApplication } from './deploy-application.ts';
import { divisionReview } from './division-review.ts';
import { kubernetesUpgrade } from './kubernetes-upgrade.ts';
import { maintainNode } from './maintain-node.ts';
import { nodeFailure } from './node-failure.ts';
import { nodeManagement } from './node-management.ts';
import type { Playbook } from './playbook.ts';
import { recoverEtcdPlaybook } from './recover-etcd.ts';
import { removeNode } from './remove-node.ts';
import { rotateCertificates } from './rotate-certificates.ts';
import { scaleCluster } from './scale-cluster.ts';
import { talosUpgrade } from './talos-upgrade.ts';
import { versionPlanning } from './version-planning.ts';
import { workloadFailure } from './workload-failure.ts';
import { workloadMonitoring } from './workload-monitoring.ts';

export type { Phase, Playbook, PlaybookStep } from './playbook.ts';

/** Every procedure of the division. */
export const playbooks: readonly Playbook[] = [
  clusterFailure,
  nodeFailure,
  recoverEtcdPlaybook,
  workloadFailure,
  dailyHealthCheck,
  nodeManagement,
  workloadMonitoring,
  clusterOptimization,
  certificateManagement,
  backupValidation,
  divisionReview,
  versionPlanning,
  capacityPlanning,
  createCluster,
  deployApplication,
  kubernetesUpgrade,
  maintainNode,
  removeNode,
  rotateCertificates,
  scaleCluster,
  talosUpgrade,
];

export const playbookOf = (name: PlaybookName): Playbook | undefined =>
  playbooks.find(playbook => playbook.name === name);
