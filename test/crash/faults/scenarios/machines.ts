/** Machines that do not do what they are told, or not in time. */
import { rebootByHand, repair, resolve, resume, upgradeByHand } from '../hands.ts';
import { atWorker, type End, OTHER_PLANE, PLANE, type Scenario, untouched, upgraded, WORKER } from '../scenario.ts';

const cordoned = [WORKER];
const givenUp: End = {
  status: 'failed',
  code: 'NODE_NOT_READY',
  says: ['5 of 6 nodes upgraded', `six/${WORKER}`],
  remedy: ['repair these nodes by hand', 'then plan again'],
  states: { done: 5, rolled_back: 1 },
  cordoned,
  installs: 6,
  reboots: 6,
};

export const machines: readonly Scenario[] = [
  {
    fault: 'node_never_returns',
    as: 'a worker',
    request: { node: WORKER },
    ends: atWorker('in_doubt', {
      code: 'OUTCOME_UNKNOWN',
      says: [`six/${WORKER}`, 'it is down', 'no new boot 20 min after talosctl said done'],
      remedy: ['bring the machine up, then control_operation resume', `resolve with node six/${WORKER} as abandon`],
      cordoned,
      installs: 4,
      reboots: 4,
    }),
    after: { steps: [repair], ends: upgraded },
    guide: {
      happens: 'The node goes down for its reboot and does not come back within 20 minutes: in doubt, cordoned.',
      remedy: 'Bring the machine up and resume. If it stays away: resolve it as `abandon`, then resume.',
    },
  },
  {
    fault: 'node_never_returns',
    as: 'a worker that is then abandoned',
    request: { node: WORKER },
    ends: atWorker('in_doubt', { code: 'OUTCOME_UNKNOWN', cordoned, installs: 4, reboots: 4 }),
    after: { steps: [resolve('abandon'), resume], ends: { ...givenUp, states: { done: 5, failed: 1 } } },
  },
  {
    fault: 'node_never_returns',
    as: 'a control plane node: the others keep the quorum, and nothing else is touched',
    request: { node: PLANE },
    ends: {
      status: 'halted',
      code: 'OUTCOME_UNKNOWN',
      says: [`six/${PLANE}`],
      states: { in_doubt: 1, pending: 5 },
      cordoned: [PLANE],
      installs: 1,
      reboots: 1,
    },
    after: { steps: [repair], ends: upgraded },
  },
  {
    fault: 'node_boots_old_slot',
    as: 'a worker',
    request: { node: WORKER },
    ends: atWorker('rolled_back', {
      code: 'NODE_NOT_READY',
      says: ['it booted v1.12.11 again'],
      remedy: [`six/${WORKER} stays cordoned`, 'control_operation resume goes on with the others'],
      cordoned,
      installs: 4,
      reboots: 4,
    }),
    after: { steps: [resume], ends: givenUp },
    guide: {
      happens:
        'The node boots the version it had: rolled back, cordoned, never upgraded a second time by this operation.',
      remedy:
        'Resume goes on with the others. Find out on its console why the new version did not boot, then plan again.',
    },
  },
  {
    fault: 'node_returns_slowly',
    as: 'ten minutes more: waited for',
    request: { node: WORKER },
    waits: [`${WORKER} is rebooting`],
    ends: upgraded,
    guide: {
      happens:
        'The boot takes long. It is waited for; after 20 minutes the node is in doubt, and a new boot ends that by itself.',
      remedy: 'Nothing.',
    },
  },
  {
    fault: 'node_returns_slowly',
    as: 'half an hour: in doubt meanwhile, and the new boot ends it',
    request: { node: WORKER, delay_ms: 1_800_000 },
    waits: [`${WORKER} is in doubt`],
    ends: upgraded,
  },
  ...(['upgrade_refused', 'image_missing'] as const).flatMap((fault): Scenario[] => [
    {
      fault,
      as: 'by a node that pulls before it touches anything (to 1.12): proved not started',
      request: { node: WORKER },
      ends: atWorker('failed', {
        code: 'CONTRACTOR_FAILED',
        says: ['the node was not touched', fault === 'image_missing' ? 'not found' : 'refused by the machine'],
        remedy: [`six/${WORKER} was uncordoned`, 'control_operation resume'],
        installs: 3,
        reboots: 3,
      }),
      after: { steps: [repair], ends: upgraded },
      guide: {
        happens:
          'talosctl fails before anything was installed. Up to Talos 1.12 that is proved by two looks at the node, which is uncordoned; from 1.13 on the node is in doubt, cordoned.',
        remedy:
          'The evidence has what talosctl said. Remove the reason; from 1.13 on resolve the node as `not_started`. Then resume.',
      },
    },
    {
      fault,
      as: 'from 1.13 on the same boot proves nothing: a human says that it was not started',
      request: { node: WORKER },
      upgrade: { talosVersion: 'v1.13.7' },
      ends: atWorker('in_doubt', {
        code: 'OUTCOME_UNKNOWN',
        says: ['talosctl exited 1', fault === 'image_missing' ? 'not found' : 'refused by the machine'],
        remedy: [`control_operation resolve with node six/${WORKER} as done, not_started or abandon, then resume`],
        cordoned,
        installs: 3,
        reboots: 3,
      }),
      after: { steps: [resolve('not_started'), resume], ends: upgraded },
    },
  ]),
  {
    fault: 'install_done_no_reboot',
    as: 'one call that was to reboot too: installed once, booted by hand',
    request: { node: WORKER },
    ends: atWorker('in_doubt', {
      code: 'CONTRACTOR_SUSPECT',
      says: [`the contractor says install of ${WORKER} is done, but the node never rebooted`],
      remedy: [`control_operation resolve with node six/${WORKER}`],
      cordoned,
      installs: 4,
      reboots: 3,
    }),
    after: { steps: [rebootByHand], ends: upgraded },
    guide: {
      happens:
        'The other slot is written, the node goes on in its old boot: in doubt, cordoned. Nothing is sent again in this boot.',
      remedy: 'Reboot the node by hand, then resume. Where installing and rebooting are two steps nothing is lost.',
    },
  },
  {
    fault: 'install_done_no_reboot',
    as: 'from 1.13.7 on the reboot is an effect of its own: nothing is lost',
    request: { node: WORKER },
    upgrade: { talosVersion: 'v1.13.7' },
    ends: upgraded,
  },
  {
    fault: 'lying_upgrade',
    as: 'the node was to reboot: its boot shows the lie',
    request: { node: WORKER },
    ends: atWorker('in_doubt', {
      code: 'CONTRACTOR_SUSPECT',
      says: ['never rebooted', 'exited 0', 'Talos: v1.12.11', 'Kubernetes: Talos (v1.12.11)'],
      remedy: [`control_operation resolve with node six/${WORKER}`],
      cordoned,
      installs: 3,
      reboots: 3,
    }),
    after: { steps: [upgradeByHand], ends: upgraded },
    guide: {
      happens:
        'The contractor says done, the node shows the old boot or, after the reboot, the old version: in doubt or rolled back, cordoned.',
      remedy:
        'Read the evidence of both sides. Upgrade the node by hand and resume, or resolve it as `abandon`. Mistrust the contractor.',
    },
  },
  {
    fault: 'lying_upgrade',
    as: 'the reboot is an effect of its own: the old version shows the lie',
    request: { node: WORKER },
    upgrade: { talosVersion: 'v1.13.7' },
    ends: atWorker('rolled_back', {
      code: 'NODE_NOT_READY',
      says: ['it booted v1.13.7 again'],
      cordoned,
      installs: 3,
      reboots: 4,
    }),
    after: { steps: [resume], ends: { ...givenUp, installs: 5 } },
  },
  {
    fault: 'wrong_identity',
    as: 'before anything was started',
    request: { node: WORKER, as_node: 'six-worker-2' },
    ends: untouched('CONTRACTOR_SUSPECT', {
      says: [
        '1 reason against starting',
        `${WORKER} is not bound to exactly one Talos machine`,
        'six-worker-2 (differs)',
      ],
      remedy: ['check the Talos context', 'then control_operation resume'],
    }),
    after: { steps: [repair], ends: upgraded },
    guide: {
      happens:
        'Another machine answers for the node: nothing is done to either. A node that is drained already stays cordoned.',
      remedy: 'Put the Talos context, the endpoints or the addresses right, then resume.',
    },
  },
  {
    fault: 'wrong_identity',
    as: 'of a node that is drained: nothing is installed',
    request: { node: WORKER, as_node: 'six-worker-2' },
    when: { cordoned: WORKER },
    ends: atWorker('installing', {
      code: 'CONTRACTOR_SUSPECT',
      says: [`${WORKER} is not surely the planned machine`],
      remedy: ['check the Talos context', 'control_operation resume', `meanwhile six/${WORKER} stays cordoned`],
      cordoned,
      installs: 3,
      reboots: 3,
    }),
    after: { steps: [repair], ends: upgraded },
  },
  ...[3_600_000, -3_600_000].map(
    (skew): Scenario => ({
      fault: 'clock_skew',
      as: skew > 0 ? 'an hour ahead' : 'an hour behind',
      request: { node: skew > 0 ? WORKER : OTHER_PLANE, skew_ms: skew },
      ends: upgraded,
      ...(skew > 0 && {
        guide: {
          happens:
            'The node’s clock is wrong. A Lease that is renewed while we look is fresh whatever its time says: the upgrade goes on.',
          remedy: 'Nothing for the upgrade; put the clock right.',
        },
      }),
    }),
  ),
];
