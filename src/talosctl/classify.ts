import type { TalosErrorClass } from '../model/talos.ts';
import { TalosctlError } from './errors.ts';

/**
 * Failure texts of talosctl and of the Talos API, first match first (research: contractors 3.8). The order matters: an
 * upgrade refused for etcd's sake says DeadlineExceeded, a missing image says not found, a failed sequence quotes etcd.
 */
const RULES: readonly (readonly [TalosErrorClass, RegExp])[] = [
  ['invalid_argument', /one-2-many proxying is not supported|is not supported with multiple nodes/],
  ['unsupported', /unknown (?:shorthand )?flag|unknown command|not supported in container mode/],
  ['unsupported', /code = Unimplemented|is only available on control plane nodes/],
  ['image', /error validating installer image|failed to pull image|error pulling (?:upgrade )?image/],
  ['image', /failed pre-pulling images|failed to resolve reference/],
  ['version', /too old to upgrade|too new to (?:downgrade|upgrade)|is denied for upgrade|unsupported upgrade path/],
  ['version', /compatibility check failed/],
  ['precondition', /error validating etcd for upgrade|insufficient to maintain quorum|is not started, all members/],
  ['precondition', /cannot forfeit leadership|rpc not supported for learner|machine is not installed/],
  ['busy', /failed to acquire upgrade mutex|already in progress|(?:^|: )locked\b|node is rebooting, cannot apply/m],
  ['failed', /sequence error|failed to install bootloader|failed with exit code \d|error draining node/],
  ['client_config', /failed to open config file|failed to resolve config context|nodes are not set for the command/],
  ['client_config', /error reading config|no context is set|context "[^"]*" (?:is not defined|not found)/],
  ['wrong_endpoint', /no request forwarding/],
  ['authorization', /code = PermissionDenied|code = Unauthenticated|not authorized/],
  ['tls', /x509: |\btls: |authentication handshake failed/],
  ['quorum_lost', /etcdserver: no leader|etcdserver: request timed out|not enough started members/],
  ['invalid_argument', /code = InvalidArgument|is too new to be used with Talos/],
  ['precondition', /code = AlreadyExists|code = FailedPrecondition|is not available yet|not in sync yet/],
  ['precondition', /can only be performed on a control plane node|data directory is not empty/],
  ['unreachable', /code = Unavailable|error while dialing|connection refused|no such host|no route to host/i],
  ['unreachable', /network is unreachable|i\/o timeout|unavailable, retrying/],
  ['timeout', /code = DeadlineExceeded|deadline exceeded|timed out/],
  ['not_found', /code = NotFound|not found|(?:is|was) not registered/],
];

/** The class of a failure by its text; `failed` when no rule knows it. */
export function classify(text: string): TalosErrorClass {
  return RULES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'failed';
}

/** Signs on stderr that a call with exit code 0 still failed: talosctl only warns of nodes that did not answer. */
const PARTIAL_FAILURE = /rpc error: |^\s*ERROR: |\b\d+ errors?(?:\(s\))? occurred/m;

/** Whether stderr tells of a node that did not answer although the exit code may be 0. */
export function tellsOfFailure(stderr: string): boolean {
  return PARTIAL_FAILURE.test(stderr);
}

/** The error for a call that failed with this text on stderr. `what` says which call it was. */
export function failure(what: string, stderr: string, exitCode: number | undefined): TalosctlError {
  const said = stderr.replace(/^Usage:[\s\S]*/m, '').trim();
  const end = exitCode === undefined ? 'was ended by a signal' : `exited ${exitCode}`;
  return new TalosctlError(classify(stderr), said === '' ? `${what} ${end} without saying why` : `${what}: ${said}`);
}
