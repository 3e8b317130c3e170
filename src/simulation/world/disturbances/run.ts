import type { SimCluster } from '../cluster.ts';
import { runAnotherUpgrader } from './another-upgrader.ts';
import { runBudgetFaults } from './budgets.ts';
import { runCrashLoops } from './crash-loops.ts';
import { runEtcdFaults } from './etcd.ts';
import { runForeignHands } from './foreign-hands.ts';

/** Everything that goes wrong in a cluster without being asked by one of its faces. */
export function runDisturbances(cluster: SimCluster): void {
  cluster.clock.handle('planned-fault', id => cluster.faults.due(id));
  runBudgetFaults(cluster);
  runCrashLoops(cluster);
  runEtcdFaults(cluster);
  runForeignHands(cluster);
  runAnotherUpgrader(cluster);
}
