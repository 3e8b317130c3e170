/** Somebody else works on the cluster too. */
import { repair } from '../hands.ts';
import { atWorker, type Scenario, upgraded, WORKER } from '../scenario.ts';

const OTHER = 'six-worker-3';

export const others: readonly Scenario[] = [
  {
    fault: 'foreign_cordon',
    as: 'before ours: the node is upgraded, and is as cordoned as it was',
    request: { node: WORKER },
    ends: { ...upgraded, cordoned: [WORKER], byOthers: [WORKER] },
    guide: {
      happens: 'The node is upgraded and stays cordoned: nobody else’s cordon is lifted.',
      remedy: 'Uncordon it yourself if it should take pods.',
    },
  },
  {
    fault: 'foreign_cordon',
    as: 'of a node that we have cordoned: ours is given back',
    request: { node: WORKER },
    when: { cordoned: WORKER },
    ends: upgraded,
  },
  {
    fault: 'external_uncordon',
    as: 'each time: cordoned again before anything else is done to the node',
    request: { node: WORKER, count: null },
    cordons: { [WORKER]: 2 },
    ends: upgraded,
    guide: {
      happens:
        'A node that is uncordoned in mid-drain is cordoned again before the next eviction and before the install.',
      remedy: 'Nothing; find out who or what uncordons.',
    },
  },
  {
    fault: 'another_upgrader',
    as: 'takes the Lease while a node is drained: nothing more is sent, and the node is named',
    request: { node: OTHER },
    when: { cordoned: WORKER },
    ends: atWorker('installing', {
      code: 'OPERATION_CONFLICT',
      says: ['another general manager "another-upgrader" holds the Lease'],
      remedy: ['let that operation end', 'then resume', `meanwhile six/${WORKER} stays cordoned`],
      cordoned: [WORKER, OTHER],
      byOthers: [OTHER],
      refusedToOthers: 1,
      installs: 3,
      reboots: 3,
    }),
    after: { steps: [repair], ends: { ...upgraded, refusedToOthers: 1 } },
    guide: {
      happens:
        'Somebody else holds the cluster’s Lease: halted at once. A node of ours that is drained stays cordoned, and is named.',
      remedy:
        'Let the other one end, then resume. If it is gone for good: resolve with the cluster’s name as `abandon`, then resume.',
    },
  },
];
