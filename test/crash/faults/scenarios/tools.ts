/** talosctl hangs, is killed, or ends with whoever started it. */
import { rebootByHand, repair, resolve, resume } from '../hands.ts';
import { atWorker, type Scenario, untouched, upgraded, WORKER } from '../scenario.ts';

const install = { talosctl: 'upgrade', of: WORKER } as const;
const apart = { talosVersion: 'v1.13.7' };
const cordoned = [WORKER];

export const tools: readonly Scenario[] = [
  {
    fault: 'tool_hangs',
    as: 'under an install that the node carries out: the new boot says so',
    request: { node: WORKER },
    when: install,
    ends: upgraded,
    guide: {
      happens:
        'What the node shows counts, so a talosctl that never ends costs nothing once the node has booted. Where nothing can be read of the node for 15 minutes it halts.',
      remedy: 'Make talosctl answer (`containers-gm doctor`), then resume.',
    },
  },
  {
    fault: 'tool_hangs',
    as: 'at every question about a node, before anything was started',
    request: { node: WORKER, count: null },
    ends: untouched('CONTRACTOR_UNAVAILABLE', {
      says: [`Talos did not answer for ${WORKER}`, 'TIMEOUT'],
      remedy: ['containers-gm doctor', 'then control_operation resume'],
    }),
    after: { steps: [repair], ends: upgraded },
  },
  {
    fault: 'tool_hangs',
    as: 'at every question about a node that is drained',
    request: { node: WORKER, count: null },
    when: { cordoned: WORKER },
    ends: atWorker('installing', {
      code: 'CONTRACTOR_UNAVAILABLE',
      says: [`Talos did not answer for ${WORKER}`],
      remedy: ['control_operation resume', `meanwhile six/${WORKER} stays cordoned`],
      cordoned,
      installs: 3,
      reboots: 3,
    }),
    after: { steps: [repair], ends: upgraded },
  },
  {
    fault: 'tool_killed',
    as: 'under an install that reboots: the new boot says what became of it',
    request: { node: WORKER },
    when: install,
    ends: upgraded,
    guide: {
      happens:
        'The order stands although talosctl is gone without an exit code. A new boot ends the doubt; an install alone shows none, so a human is asked.',
      remedy:
        'Look at the node’s other slot: resolve as `done` when it is written, else as `not_started`. Then resume.',
    },
  },
  {
    fault: 'tool_killed',
    as: 'under an install alone: in doubt, resolved as done, and only its reboot follows',
    request: { node: WORKER },
    upgrade: apart,
    when: install,
    ends: atWorker('in_doubt', {
      code: 'OUTCOME_UNKNOWN',
      says: ['talosctl died without an exit receipt'],
      remedy: [`control_operation resolve with node six/${WORKER} as done, not_started or abandon, then resume`],
      cordoned,
      installs: 4,
      reboots: 3,
    }),
    after: { steps: [resolve('done'), resume], ends: upgraded },
  },
  {
    fault: 'tool_killed',
    as: 'under an install alone: in doubt, and rebooted by hand',
    request: { node: WORKER },
    upgrade: apart,
    when: install,
    ends: atWorker('in_doubt', { code: 'OUTCOME_UNKNOWN', cordoned, installs: 4, reboots: 3 }),
    after: { steps: [rebootByHand], ends: upgraded },
  },
  {
    fault: 'tool_dies_with_client',
    as: 'the contractor is killed while the node writes: nothing is written, and a human says so',
    request: { node: WORKER },
    upgrade: apart,
    besides: { afterMs: 15_000, act: ({ contractor }) => contractor.killTalosctl() },
    ends: atWorker('in_doubt', {
      code: 'OUTCOME_UNKNOWN',
      says: ['talosctl died without an exit receipt'],
      remedy: [`control_operation resolve with node six/${WORKER} as done, not_started or abandon, then resume`],
      cordoned,
      installs: 3,
      reboots: 3,
    }),
    after: { steps: [resolve('not_started'), resume], ends: upgraded },
    guide: {
      happens:
        'The node gives the install up together with the talosctl that ordered it: in doubt, cordoned, as nobody saw it end.',
      remedy: 'Look at the node’s other slot: as it was means `not_started`. Resolve, then resume.',
    },
  },
];
