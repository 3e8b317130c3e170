import type { MachineFacts, ReceiptFacts } from '../../model/facts.ts';
import type { Attempt } from '../../model/operation.ts';
import { normalVersion, usesLegacyUpgrade } from '../versions.ts';
import { countedFrom, type Decided, limits, observed, remember, stop, type Turn, type TurnAt, wait } from './turn.ts';

/** In doubt nothing is sent; it ends by another bootID, by proof that nothing was started, or by a human (SAFETY 3). */
export function decideDoubt(turn: TurnAt<'doubt'>): Decided {
  const { facts, stage, state } = turn;
  const { attempt, progress } = stage;
  const machine = facts.machines.get(stage.node.name);
  const boots = [machine?.bootId, facts.node?.bootId].filter(boot => boot !== undefined);
  if (boots.some(boot => boot !== attempt.boot_id)) {
    const evidence = [
      `boot id was ${attempt.boot_id}`,
      `Talos: ${machine?.bootId ?? 'unknown'}`,
      `Kubernetes: ${facts.node?.bootId ?? 'unknown'}`,
    ];
    return {
      decision: observed(stage, 'validating', 'it booted again: the version tells what became of it', evidence),
    };
  }
  if (state.isCancelAsked) {
    const name = `${stage.cluster.name}/${stage.node.name}`;
    return {
      decision: {
        kind: 'finish',
        status: 'cancelled',
        summary: `cancelled; ${name} stays cordoned, in doubt: ${progress.reason}`,
      },
    };
  }
  const resolution = progress.resolved;
  if (resolution && Date.parse(resolution.at) >= Date.parse(progress.state_since ?? resolution.at)) {
    return resolved(turn, resolution);
  }
  const receipt = facts.receipt ?? { state: 'unknown' };
  if (receipt.state === 'absent' && attempt.dispatched_at === undefined) {
    const state = attempt.kind === 'install' ? 'installing' : 'rebooting';
    return {
      decision: observed(stage, state, 'the contractor answers: it was never dispatched', claims(turn, receipt)),
    };
  }
  if (!attempt.reboots && receipt.state === 'exited' && receipt.exitCode === 0) {
    return { decision: observed(stage, 'installing', 'talosctl exited 0 after all', claims(turn, receipt)) };
  }
  const proof = proveIdle(turn, machine, receipt);
  if (proof) return proof;
  const since = Math.max(Date.parse(progress.state_since ?? state.progressedAt), Date.parse(state.progressedAt));
  if (facts.now - countedFrom(turn, since) <= limits.gateMs) {
    return {
      memory: looked(turn, machine),
      decision: wait(
        `${stage.node.name} is in doubt: ${progress.reason}`,
        'its bootID changes, or proof that nothing runs',
        15_000,
      ),
    };
  }
  return { decision: outcomeUnknown(turn, machine, receipt) };
}

const lookKey = (turn: TurnAt<'doubt'>): string => `doubt:${turn.stage.attempt.attempt_id}`;

const isIdle = (machine: MachineFacts | undefined, bootId: string): boolean =>
  machine?.stage === 'running' && machine.bootId === bootId;

/** Remembers the first look that found the machine idle; any look that does not forgets it. */
function looked(turn: TurnAt<'doubt'>, machine: MachineFacts | undefined): Turn['memory'] {
  if (!isIdle(machine, turn.stage.attempt.boot_id)) return remember(turn.memory, lookKey(turn), 0);
  const first = turn.memory.get(lookKey(turn)) ?? 0;
  return first > 0 ? turn.memory : remember(turn.memory, lookKey(turn), turn.facts.now);
}

/**
 * The same boot, running, shows that a call was not started only where the node itself would have rebooted: from Talos 1.13 on an
 * install writes the other slot while the node runs on, and goes on without the talosctl that ordered it (contractors.md 5.1).
 */
const wouldHaveBooted = (attempt: Attempt, { version = '' }: MachineFacts): boolean =>
  attempt.kind === 'reboot' || (normalVersion(version) !== undefined && usesLegacyUpgrade(version));

/** SAFETY 3b: talosctl proved dead, and two reads of the node at least two minutes apart show the same boot, running. */
function proveIdle(
  turn: TurnAt<'doubt'>,
  machine: MachineFacts | undefined,
  receipt: ReceiptFacts,
): Decided | undefined {
  const { stage, facts, memory } = turn;
  const isDead = receipt.state === 'exited' || receipt.state === 'lost';
  const first = memory.get(lookKey(turn)) ?? 0;
  const isProved = isIdle(machine, stage.attempt.boot_id) && first > 0 && facts.now - first >= limits.doubtReadsApartMs;
  if (!isDead || !isProved || !machine) return undefined;
  const evidence = [
    ...claims(turn, receipt),
    `Talos: stage running, boot id ${machine.bootId}, twice ${Math.round((facts.now - first) / 60_000)} min apart`,
    `Talos: ${machine.version ?? 'unknown version'}`,
    `Kubernetes: ${facts.node?.osImage ?? 'unknown'}`,
  ];
  if (receipt.state === 'exited' && receipt.exitCode === 0) {
    return {
      decision: stop(
        'CONTRACTOR_SUSPECT',
        `the contractor says ${stage.attempt.kind} of ${stage.node.name} is done, but the node never rebooted`,
        `look at the node and the contractor; bring it up by hand and control_operation resolve with node ${stage.cluster.name}/${stage.node.name} as done, or abandon it, then resume`,
        evidence,
      ),
    };
  }
  // A second install in this boot would destroy the slot to roll back to: whether there was a first is for a human to say.
  if (!wouldHaveBooted(stage.attempt, machine)) return { decision: outcomeUnknown(turn, machine, receipt) };
  return {
    decision: {
      ...observed(stage, 'failed', `${stage.progress.reason}; the node was not touched`, evidence),
      notStarted: stage.attempt.attempt_id,
    },
  };
}

function claims(turn: TurnAt<'doubt'>, receipt: ReceiptFacts): string[] {
  const exit = receipt.state === 'exited' ? `exited ${receipt.exitCode}: ${receipt.stderrTail}` : receipt.state;
  return [`contractor: attempt ${turn.stage.attempt.attempt_id} ${exit}`];
}

function resolved(
  turn: TurnAt<'doubt'>,
  resolution: NonNullable<TurnAt<'doubt'>['stage']['progress']['resolved']>,
): Decided {
  const { stage } = turn;
  const evidence = [`resolved: ${resolution.reason}`];
  switch (resolution.as) {
    case 'done':
      return stage.attempt.reboots
        ? { decision: observed(stage, 'validating', 'resolved as done: to be proved', evidence) }
        : { decision: observed(stage, 'installing', 'resolved as installed: its reboot is due', evidence) };
    case 'not_started':
      return { decision: observed(stage, 'cordoned', 'resolved as not started', evidence) };
    case 'abandon':
      return { decision: observed(stage, 'failed', 'abandoned: it stays cordoned', evidence) };
  }
}

function outcomeUnknown(turn: TurnAt<'doubt'>, machine: MachineFacts | undefined, receipt: ReceiptFacts) {
  const { stage, facts } = turn;
  const name = `${stage.cluster.name}/${stage.node.name}`;
  const isDown = machine?.bootId === undefined && facts.node !== undefined && facts.node.ready !== true;
  return stop(
    'OUTCOME_UNKNOWN',
    `it is not known what became of ${stage.attempt.kind} on ${name}: ${stage.progress.reason}${isDown ? '; it is down: not Ready, and Talos does not answer' : ''}`,
    isDown
      ? `bring the machine up, then control_operation resume: a new boot ends the doubt; if it stays away, control_operation resolve with node ${name} as abandon, then resume`
      : `look at the node, then control_operation resolve with node ${name} as done, not_started or abandon, then resume`,
    [
      ...claims(turn, receipt),
      `Talos: stage ${machine?.stage ?? 'unknown'}, boot id ${machine?.bootId ?? 'unknown'}`,
      `Kubernetes: boot id ${facts.node?.bootId ?? 'unknown'}, Ready ${facts.node?.ready ?? 'unknown'}`,
    ],
  );
}
