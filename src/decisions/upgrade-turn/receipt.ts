import type { Attempt } from '../../model/operation.ts';
import { dispatchAgain } from './attempt.ts';
import { boundedWait, type Decided, limits, observed, type TurnAt } from './turn.ts';

/**
 * What a dispatched attempt's receipt allows (SAFETY 3): absent → dispatch the same attempt · running → wait · exited 0 → `next`
 * · anything else → in doubt, where nothing is sent.
 */
export function afterDispatch(turn: TurnAt<'install' | 'boot'>, attempt: Attempt, next: () => Decided): Decided {
  const { facts, stage } = turn;
  const receipt = facts.receipt ?? { state: 'unknown' };
  const evidence = [`attempt ${attempt.attempt_id}`, `receipt: ${receipt.state}`];
  switch (receipt.state) {
    case 'absent':
      return absent(turn, attempt, evidence);
    case 'running':
      return facts.now - Date.parse(attempt.intended_at) > limits.bootMs
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
  if (attempt.failures > 0) {
    const key = `dispatch:${attempt.attempt_id}:${attempt.failures}`;
    const since = turn.memory.get(key) ?? turn.facts.now;
    if (turn.facts.now - since < 10_000) {
      return boundedWait(
        { ...turn, memory: new Map(turn.memory).set(key, since) },
        since,
        10_000,
        { reason: `the dispatch failed: ${attempt.last_failure}`, whatEndsIt: 'it is sent again, same attempt' },
        { code: 'CONTRACTOR_FAILED', remedy: 'look at the contractor' },
      );
    }
  }
  return { decision: dispatchAgain(stage, attempt, turn.endpoints), memory: turn.memory };
}
