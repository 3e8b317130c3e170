import { ownIdentity } from '../host/process-identity.ts';
import { stopwatch } from '../host/stopwatch.ts';
import {
  argvFor,
  attemptId,
  type Command,
  type Connection,
  commands,
  imageReference,
  machineAddress,
  uuid,
} from './argv.ts';
import { ask, type Talosctl } from './ask.ts';
import type { Attempt } from './attempt.ts';
import { type DetachedRun, prepareDetached, type Waiting } from './detached.ts';
import { TalosctlError } from './errors.ts';
import { findTalosctl } from './executable.ts';
import { readBootId } from './readers/boot-id.ts';
import { readSystemUuid } from './readers/system-information.ts';
import { readServerVersion } from './readers/version.ts';
import type { Receipt, Receipts } from './receipts.ts';
import { upgradeFlags } from './upgrade-flags.ts';

export interface Dispatcher {
  talosctl: Talosctl;
  receipts: Receipts;
  /** Longest from the look at the machine's identity to talosctl's start; IDENTITY_HOLDS_MS when absent. */
  identityHoldsMs?: number;
  /** Told of every talosctl let go, with what ends when it has ended. */
  onStarted(ended: Promise<void>): void;
}

/**
 * A contractor that stood still after it had looked (stopped, starved, a sleeping host) may wake in a world in which somebody else has
 * upgraded the node. Far above what the reads and the receipt take; what is left of the window is the one write that says "go".
 */
const IDENTITY_HOLDS_MS = 60_000;

export interface Dispatched {
  state: 'running' | 'exited';
  detail: string;
}

/** What talosctl is told to do, where that is no install or reboot. */
export interface Order {
  command: Command;
  /** The last look before the claim: throws TalosctlError when it must not be sent. Returns what is claimed instead of the boot. */
  admit?(signal: AbortSignal): Promise<string | undefined>;
  /** What it prints holds private keys. */
  keepsNoStdout?: true;
}

/** An attempt with every value in its one form. Throws TalosctlError invalid_argument. */
function checkedAttempt({ supersedes, ...attempt }: Attempt): Attempt {
  if (supersedes?.includes(attempt.attempt_id))
    throw new TalosctlError('invalid_argument', `attempt ${attempt.attempt_id} can't supersede itself`);
  return {
    ...attempt,
    ...(supersedes !== undefined && { supersedes: supersedes.map(id => attemptId(id, 'supersedes')) }),
    attempt_id: attemptId(attempt.attempt_id),
    node: machineAddress(attempt.node),
    system_uuid: uuid('system_uuid', attempt.system_uuid),
    boot_id: uuid('boot_id', attempt.boot_id),
    image: attempt.image === null ? null : imageReference(attempt.image),
  };
}

function isSame(left: Attempt, right: Attempt): boolean {
  const fields = ['kind', 'node', 'system_uuid', 'boot_id', 'image', 'reboots'] as const;
  const isSameCommand = JSON.stringify(left.command) === JSON.stringify(right.command);
  return isSameCommand && fields.every(field => left[field] === right[field]);
}

/** A receipt that stands in the way of a dispatch. */
type Standing = Exclude<Receipt, { state: 'absent' | 'never-run' }>;

/** What an attempt that has a receipt answers, without anything being sent. */
function earlier(attempt: Attempt, receipt: Standing): Dispatched {
  const id = attempt.attempt_id;
  if (receipt.state === 'superseded')
    throw new TalosctlError('precondition', `attempt ${id} was given up for attempt ${receipt.by}; nothing was sent`);
  if (!isSame(attempt, receipt.starting))
    throw new TalosctlError('precondition', `attempt ${id} was dispatched for something else; nothing was sent`);
  if (receipt.state === 'lost')
    throw new TalosctlError('precondition', `attempt ${id} ended without a recorded exit; nothing was sent`, {
      remedy: 'the attempt is in doubt: observe the node, its boot id tells what became of it',
    });
  if (receipt.state === 'exited')
    return { state: 'exited', detail: `dispatched before; talosctl exited ${receipt.exitCode}` };
  return { state: 'running', detail: `dispatched before, at ${receipt.starting.started_at}; talosctl runs` };
}

/** Reads the node and refuses unless it is the machine and the boot the attempt was made for (SAFETY 1, 3). */
async function confirmIdentity(
  dispatcher: Dispatcher,
  attempt: Attempt,
  connection: Connection,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal };
  const [systemUuid, bootId] = await Promise.all([
    ask(dispatcher.talosctl, connection, commands.get('systeminformation'), options).then(readSystemUuid),
    ask(dispatcher.talosctl, connection, commands.bootId(), options).then(readBootId),
  ]);
  const differences = [
    ...(systemUuid === attempt.system_uuid ? [] : [`its system UUID is ${systemUuid}, not ${attempt.system_uuid}`]),
    ...(bootId === attempt.boot_id ? [] : [`its boot id is ${bootId}, not ${attempt.boot_id}`]),
  ];
  if (differences.length > 0)
    throw new TalosctlError(
      'precondition',
      `wrong identity: ${connection.node} is not the machine and boot of this attempt (${differences.join('; ')}); nothing was sent`,
    );
}

async function commandOf(
  dispatcher: Dispatcher,
  attempt: Attempt,
  connection: Connection,
  signal: AbortSignal,
): Promise<Command> {
  if (attempt.image === null) return commands.reboot();
  const answer = await ask(dispatcher.talosctl, connection, commands.version(), { signal });
  const { client, server } = readServerVersion(answer);
  return commands.upgrade(attempt.image, upgradeFlags(client, server, attempt.reboots));
}

/** From the `starting` receipt on. Whatever fails before talosctl is let go puts the receipt aside: nothing was run. */
async function run(
  dispatcher: Dispatcher,
  id: string,
  what: Pick<DetachedRun, 'executable' | 'argv' | 'keepsNoStdout'>,
  sinceLook: () => number,
): Promise<void> {
  const { receipts, talosctl } = dispatcher;
  let waiting: Waiting | undefined;
  try {
    waiting = await prepareDetached({ ...what, env: talosctl.env, folder: receipts.folder(id) });
    await receipts.recordProcess(id, waiting.process);
    if (sinceLook() > (dispatcher.identityHoldsMs ?? IDENTITY_HOLDS_MS))
      throw new TalosctlError('busy', 'the contractor stood still since it looked at the machine; nothing was sent');
  } catch (error) {
    waiting?.dismiss();
    await receipts.putAside(id);
    throw error;
  }
  await waiting.letGo();
  dispatcher.onStarted(waiting.ended.then(() => receipts.syncExit(id)));
}

/**
 * Dispatches an attempt at most once, ever, by any number of contractor processes (SAFETY 3). `order`: what is to be done, absent for
 * an install or a reboot. In this order: what an earlier receipt says · the node is the right one, and nothing stands against it · the one claim of this boot · the `starting` receipt · the process written down · the look at the
 * node is not too old · go.
 * Once claimed it is no longer cancelled. Throws TalosctlError; whatever it throws before "go", nothing was sent.
 */
export async function dispatch(
  dispatcher: Dispatcher,
  given: Attempt,
  connection: Connection,
  signal: AbortSignal,
  order?: Order,
): Promise<Dispatched> {
  const attempt = checkedAttempt({ ...given, ...(order && { command: [...order.command] }) });
  const { receipts, talosctl } = dispatcher;
  const before = await receipts.read(attempt.attempt_id);
  if (before.state !== 'absent' && before.state !== 'never-run') return earlier(attempt, before);
  const sinceLook = stopwatch();
  const [executable, command, , scope] = await Promise.all([
    findTalosctl(talosctl.env),
    order?.command ?? commandOf(dispatcher, attempt, connection, signal),
    confirmIdentity(dispatcher, attempt, connection, signal),
    order?.admit?.(signal),
  ]);
  const argv = argvFor(connection, command, talosctl.env.TALOSCONFIG);
  if (signal.aborted) throw new TalosctlError('failed', 'the call was cancelled; nothing was sent');
  const claimed = { ...attempt, ...(scope !== undefined && { scope }) };
  await receipts.claimBoot(claimed);
  if (before.state === 'never-run') await receipts.takeOver(before.starting);
  if (!(await receipts.start(claimed, new Date().toISOString(), await ownIdentity())))
    return earlier(attempt, await startedElsewhere(receipts, attempt.attempt_id));
  const quietly = order?.keepsNoStdout && { keepsNoStdout: order.keepsNoStdout };
  await run(dispatcher, attempt.attempt_id, { executable, argv, ...quietly }, sinceLook);
  return { state: 'running', detail: `talosctl ${command.slice(0, 1).join(' ')} was started` };
}

/** Another contractor process wrote the receipt first. */
async function startedElsewhere(receipts: Receipts, id: string): Promise<Standing> {
  const receipt = await receipts.read(id);
  if (receipt.state === 'absent' || receipt.state === 'never-run')
    throw new TalosctlError('busy', `attempt ${id} is being dispatched by another contractor process`);
  return receipt;
}
