import type { Attempt } from '../../model/operation.ts';
import { dispatchAgain } from './attempt.ts';
import {
  boundedWait,
  countedFrom,
  type Decided,
  limits,
  observed,
  remember,
  sentAt,
  type TurnAt,
  wait,
} from './turn.ts';

/** Cluster time between two tries at sending the same attempt. */
const AGAIN_MS = 10_000;
/** In the memory: when the last try was seen to have failed. */
const againKey = ({ attempt_id }: Attempt): string => `dispatch:${attempt_id}`;

/**
 * What a dispatched attempt's receipt allows (SAFETY 3): absent → dispatch the same attempt · running → wait · exited 0 → `next`
 * · anything else → in doubt, where nothing is sent.
 */
export function afterDispatch(turn: TurnAt<'install' | 'boot'>, attempt: Attempt, next: () => Decided): Decided {
  const { facts, stage } = turn;
  const { receipt } = facts;
  if (!receipt) return unasked(turn, attempt);
  const evidence = [`attempt ${attempt.attempt_id}`, `receipt: ${receipt.state}`];
  switch (receipt.state) {
    case 'absent':
      return absent(turn, attempt, evidence);
    case 'running':
      return facts.now - countedFrom(turn, sentAt(attempt)) > limits.bootMs
        ? { decision: observed(stage, 'in_doubt', `talosctl still runs after ${limits.bootMs / 60_000} min`, evidence) }
        : {
            memory: turn.memory,
            decision: {
              kind: 'wait',
              reason: `${stage.node.name} is ${attempt.kind === 'install' ? 'installing' : 'rebooting'}`,
              whatEndsIt: 'talosctl exits and the node boots',
              pollMs: limits.pollMs,
            },
          };
    case 'exited':
      return receipt.exitCode === 0
        ? next()
        : {
            decision: observed(stage, 'in_doubt', `talosctl exited ${receipt.exitCode}`, [
              ...evidence,
              receipt.stderrTail,
            ]),
          };
    case 'lost':
      return { decision: observed(stage, 'in_doubt', 'talosctl died without an exit receipt', evidence) };
    case 'unknown':
      return attempt.dispatched_at === undefined
        ? { decision: observed(stage, 'in_doubt', 'it is not known whether the attempt was dispatched', evidence) }
        : next();
  }
}

/** The contractor can't be asked: it is, again, until the node could have booted; what became of the attempt is then in doubt. */
function unasked(turn: TurnAt<'install' | 'boot'>, attempt: Attempt): Decided {
  const { facts, stage, memory } = turn;
  if (facts.now - countedFrom(turn, sentAt(attempt)) > limits.bootMs) {
    const minutes = limits.bootMs / 60_000;
    return {
      decision: observed(stage, 'in_doubt', `the contractor could not be asked about it for ${minutes} min`, [
        `attempt ${attempt.attempt_id}`,
      ]),
    };
  }
  return { memory, decision: wait('the contractor can’t be asked what became of its call', 'it answers') };
}

/** Never dispatched: the same attempt goes out again, unless it was accepted once or refused too often. */
function absent(turn: TurnAt<'install' | 'boot'>, attempt: Attempt, evidence: readonly string[]): Decided {
  const { stage } = turn;
  if (attempt.dispatched_at !== undefined) {
    return { decision: observed(stage, 'in_doubt', 'accepted once, but its receipt is gone', evidence) };
  }
  if (attempt.failures >= limits.dispatchFailures) {
    return {
      decision: {
        ...observed(
          stage,
          'failed',
          `the contractor refused it ${attempt.failures} times: ${attempt.last_failure}`,
          evidence,
        ),
        notStarted: attempt.attempt_id,
      },
    };
  }
  const again: Decided = {
    decision: dispatchAgain(stage, attempt, turn.endpoints),
    memory: remember(turn.memory, againKey(attempt), 0),
  };
  if (attempt.last_failure === undefined) return again;
  const seen = turn.memory.get(againKey(attempt)) ?? 0;
  const since = seen > 0 ? seen : turn.facts.now;
  if (turn.facts.now - since >= AGAIN_MS) return again;
  return boundedWait(
    { ...turn, memory: remember(turn.memory, againKey(attempt), since) },
    turn.state.progressedAt,
    limits.apiMs,
    { reason: `it could not be sent: ${attempt.last_failure}`, whatEndsIt: 'it is sent again, same attempt' },
    {
      code: 'KUBERNETES_UNAVAILABLE',
      remedy: 'run cluster_health, make the API servers and etcd behind them answer, then control_operation resume',
    },
  );
}
