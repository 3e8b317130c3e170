/** What humans do about faults. */
import { orderLegacyUpgrade, orderReboot } from '../../../src/simulation/world/machines/sequences.ts';
import type { Control } from '../in-process/division.ts';
import { type Place, type Step, WORKER } from './scenario.ts';

const resumed: Control = { action: 'resume', reason: 'repaired' };

export const resume: Step = () => resumed;

/** The fault is taken away, whatever it left behind is put right, and the operation goes on. */
export const repair: Step = ({ cluster }) => {
  cluster.faults.clear();
  return resumed;
};

export const resolve =
  (as: 'done' | 'not_started' | 'abandon'): Step =>
  ({ cluster }) => ({ action: 'resolve', node: `${cluster.name}/${WORKER}`, as, reason: 'looked at the machine' });

function workerOf({ cluster }: Place) {
  const machine = cluster.machines.get(WORKER);
  if (machine === undefined) throw new Error(`there is no machine ${WORKER}`);
  return machine;
}

/** Boots what is in the other slot. */
export const rebootByHand: Step = place => {
  orderReboot(place.cluster, workerOf(place));
  return resumed;
};

/** The whole upgrade at the machine's console. */
export const upgradeByHand: Step = (place, operation) => {
  const image = operation.nodes.find(({ node }) => node === WORKER)?.attempts.at(-1)?.image;
  if (image === undefined) throw new Error('nothing was to be installed');
  orderLegacyUpgrade(place.cluster, workerOf(place), { image, skips_etcd_check: true });
  return resumed;
};
