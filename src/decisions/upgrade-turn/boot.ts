import { afterDispatch } from './receipt.ts';
import { countedFrom, type Decided, limits, observed, sentAt, type TurnAt, wait } from './turn.ts';

/** An exit 0 whose node shows the same boot for this long is looked into: an accepted call is not a done one. */
const CLAIM_PATIENCE_MS = 6 * 60_000;

/** Waits for another bootID: only that says that the node rebooted. */
export function decideBoot(turn: TurnAt<'boot'>): Decided {
  const { facts, stage } = turn;
  const { attempt, progress } = stage;
  const booted = facts.node && facts.node.bootId !== attempt.boot_id;
  if (booted) {
    const evidence = [`Kubernetes: boot id ${attempt.boot_id} → ${facts.node?.bootId}`];
    return { decision: observed(stage, 'validating', 'it booted again', evidence) };
  }
  return afterDispatch(turn, attempt, () => {
    if (progress.state === 'installing') {
      return { memory: turn.memory, decision: observed(stage, 'rebooting', 'talosctl exited 0: the reboot is due') };
    }
    const sent = Date.parse(sentAt(attempt));
    const since = Math.max(sent, progress.state_since === undefined ? sent : Date.parse(progress.state_since));
    const waited = facts.now - countedFrom(turn, since);
    const isSilent = facts.node?.ready === true && waited > CLAIM_PATIENCE_MS;
    if (isSilent || facts.now - countedFrom(turn, sentAt(attempt)) > limits.bootMs) {
      const minutes = Math.round(waited / 60_000);
      return {
        decision: observed(stage, 'in_doubt', `no new boot ${minutes} min after talosctl said done`, [
          `boot id is still ${facts.node?.bootId ?? 'unreadable'}`,
        ]),
      };
    }
    return { memory: turn.memory, decision: wait(`${stage.node.name} is rebooting`, 'another bootID', limits.pollMs) };
  });
}
