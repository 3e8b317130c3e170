import { DivisionError, type ErrorCode, type Retry } from '../errors.ts';
import type { TalosErrorClass } from '../model/talos.ts';
import type { CallFault } from './call-fault.ts';
import type { StatedFailure } from './capability-map.ts';
import { foreignText } from './foreign-text.ts';

type Meaning = readonly [code: ErrorCode, retry: Retry, remedy: string];

const MEANINGS: Readonly<Record<TalosErrorClass, Meaning>> = {
  unreachable: [
    'CONTRACTOR_FAILED',
    'later',
    'Check that the node and its endpoints are up and that port 50000 answers; then ask again.',
  ],
  timeout: ['TIMEOUT', 'later', 'Ask again; if it stays, look at the node.'],
  tls: [
    'CONTRACTOR_FAILED',
    'after-change',
    'Check the talosconfig certificates (expired? another CA?) and the clocks.',
  ],
  authorization: [
    'CONTRACTOR_FAILED',
    'after-change',
    'Give the talosconfig a role that may do this; upgrades need os:admin.',
  ],
  wrong_endpoint: [
    'CONTRACTOR_FAILED',
    'after-change',
    'Name control plane addresses only in talos.endpoints of division.yaml, no worker and no VIP.',
  ],
  client_config: [
    'CONTRACTOR_FAILED',
    'after-change',
    'Check talos.talosconfig and talos.context of the cluster in division.yaml.',
  ],
  talosctl_missing: [
    'CONTRACTOR_UNAVAILABLE',
    'after-change',
    'Install talosctl where the contractor runs, on its PATH, or set TALOSCTL in its env in mcp.json.',
  ],
  invalid_argument: [
    'CONTRACTOR_FAILED',
    'after-change',
    'The contractor refuses the arguments: check its version against its profile with containers-gm doctor.',
  ],
  precondition: [
    'CONTRACTOR_FAILED',
    'after-change',
    'Look at the node and remove what stands against it; then plan again.',
  ],
  busy: ['CONTRACTOR_FAILED', 'later', 'Something else is at work on this node; wait until it has ended.'],
  quorum_lost: ['CONTRACTOR_FAILED', 'later', 'Bring the etcd members back first; nothing may be disrupted meanwhile.'],
  not_found: ['CONTRACTOR_FAILED', 'after-change', 'Check the name that was asked for.'],
  unsupported: ['CAPABILITY_MISSING', 'after-change', 'Use a talosctl and a Talos version that offer this.'],
  image: [
    'CONTRACTOR_FAILED',
    'after-change',
    'Check the installer image, its schematic and that the node can pull it.',
  ],
  version: ['VERSION_SKEW', 'after-change', 'Choose a version on the supported path: adjacent minors only.'],
  unintelligible: [
    'CONTRACTOR_UNINTELLIGIBLE',
    'after-change',
    'Compare the versions of talosctl and of the contractor with the supported ones.',
  ],
  failed: ['CONTRACTOR_FAILED', 'after-change', 'Read what it said and look at the node.'],
};

/** Failures after which a call that changes something may still have happened. */
const LEAVES_DOUBT: readonly TalosErrorClass[] = ['timeout', 'unintelligible'];

export interface CallKind {
  contractor: string;
  tool: string;
  /** It changes something: it is never sent twice. */
  isMutating: boolean;
  /** It answers when it has dispatched, not when it is done: an unclassed failure may come from after the dispatch. */
  isAttempt: boolean;
  /** The contractor keeps receipts and can be asked for this one: what it says ended its part, the receipt says how. */
  hasReceipt: boolean;
}

const outcomeUnknown = (call: CallKind, what: string): DivisionError =>
  new DivisionError(
    'OUTCOME_UNKNOWN',
    `${call.contractor}: ${call.tool} was sent and ${what}; whether it took effect is not known, and it is not sent again`,
    'Look at the node: its version, bootID and the attempt receipt tell what happened.',
  );

/** A stated timeout is the contractor's own and over. TIMEOUT would say that the call may still be at work. */
const ATTEMPT_TIMED_OUT: Meaning = [
  'CONTRACTOR_FAILED',
  'later',
  'The contractor got no answer in time and has given up; the attempt receipt tells whether anything was sent.',
];

/**
 * What the contractor said went wrong, as our error. OUTCOME_UNKNOWN where it leaves open whether a change took effect; not for an
 * attempt with a receipt, of which the caller asks next (`attempt.get`), and which counts as answered and failed.
 */
export function statedError(call: CallKind, stated: StatedFailure): DivisionError {
  const { errorClass } = stated;
  const said = `${errorClass}: ${foreignText(stated.message)}`;
  const leavesOpen = LEAVES_DOUBT.includes(errorClass) || (call.isAttempt && errorClass === 'failed');
  const isOver = call.hasReceipt && !stated.isUnclassed;
  if (call.isMutating && leavesOpen && !isOver) return outcomeUnknown(call, `answered ${said}`);
  const [code, retry, remedy] = call.isAttempt && errorClass === 'timeout' ? ATTEMPT_TIMED_OUT : MEANINGS[errorClass];
  return new DivisionError(code, `${call.contractor}: ${call.tool} failed, ${said}`, remedy, { retry });
}

/** A call that failed below the contractor's own answer, as our error. */
export function faultError(call: CallKind, fault: CallFault): DivisionError {
  const subject = `${call.contractor}: ${call.tool}`;
  switch (fault.kind) {
    case 'cancelled':
      return new DivisionError(
        'CANCELLED',
        `${subject} was cancelled before it was sent`,
        'Call again when it is wanted.',
      );
    case 'unsent':
      return unavailable(call.contractor, fault.message);
    case 'rejected':
      return new DivisionError(
        'CONTRACTOR_FAILED',
        `${subject} was refused: ${fault.message}`,
        'The contractor refuses the call itself: check its version against its profile with containers-gm doctor.',
      );
    case 'lost':
    case 'deadline':
    case 'aborted':
    case 'protocol':
      if (call.isMutating) return outcomeUnknown(call, fault.message);
      return unansweredRead(call, fault);
  }
}

function unansweredRead(call: CallKind, fault: CallFault): DivisionError {
  const subject = `${call.contractor}: ${call.tool}`;
  if (fault.kind === 'lost') return unavailable(call.contractor, fault.message);
  if (fault.kind === 'deadline') {
    return new DivisionError(
      'TIMEOUT',
      `${subject}: ${fault.message}`,
      'Ask again; if it stays, look at the contractor and the node.',
    );
  }
  if (fault.kind === 'aborted')
    return new DivisionError('CANCELLED', `${subject} was cancelled`, 'Call again when it is wanted.');
  return new DivisionError(
    'CONTRACTOR_UNINTELLIGIBLE',
    `${subject}: ${fault.message}`,
    'Compare the version of the contractor with the ones its profile supports; run containers-gm doctor.',
  );
}

function unavailable(contractor: string, what: string): DivisionError {
  return new DivisionError(
    'CONTRACTOR_UNAVAILABLE',
    `contractor ${contractor} does not answer: ${what}`,
    `Run the command of mcp.json's entry ${contractor} by hand and see what it says; then ask again.`,
  );
}
