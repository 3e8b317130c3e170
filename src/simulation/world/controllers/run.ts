import type { SimCluster } from '../cluster.ts';
import { runStaticPods } from '../control-plane-components.ts';
import { runDisturbances } from '../disturbances/run.ts';
import { runConfigTries } from '../machine-config.ts';
import { runMachines } from '../machines/boot.ts';
import { runEtcdMembership } from '../machines/etcd-membership.ts';
import { runKubeletUpdates } from '../machines/kubelet-update.ts';
import { runSequences } from '../machines/sequences.ts';
import { runCollection } from './collection.ts';
import { runDaemonSets } from './daemon-sets.ts';
import { runDeployments } from './deployments.ts';
import { runDisruptionBudgets } from './disruption-budgets.ts';
import { runEvents } from './events.ts';
import { runKubelets } from './kubelet.ts';
import { runNodeLifecycle } from './node-lifecycle.ts';
import { runReplicaSets } from './replica-sets.ts';
import { runScheduler } from './scheduler.ts';
import { runStatefulSets } from './stateful-sets.ts';
import { runVolumes } from './volumes.ts';

/** Everything that acts by itself in a cluster, in a fixed order so that equal worlds stay equal. */
export function runControllers(cluster: SimCluster): void {
  runDeployments(cluster);
  runReplicaSets(cluster);
  runStatefulSets(cluster);
  runDaemonSets(cluster);
  runDisruptionBudgets(cluster);
  runScheduler(cluster);
  runVolumes(cluster);
  runKubelets(cluster);
  runNodeLifecycle(cluster);
  runCollection(cluster);
  runMachines(cluster);
  runSequences(cluster);
  runStaticPods(cluster);
  runKubeletUpdates(cluster);
  runEtcdMembership(cluster);
  runConfigTries(cluster);
  runDisturbances(cluster);
  runEvents(cluster);
}
