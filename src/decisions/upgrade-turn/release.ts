import { type Decided, observed, type TurnAt } from './turn.ts';

/** Gives back the cordon of a node that is proved, untouched or given up untouched; then says what became of the node. */
export function decideRelease(turn: TurnAt<'release'>): Decided {
  const { stage } = turn;
  const { progress } = stage;
  if (progress.cordon !== undefined) {
    return {
      decision: {
        kind: 'effect',
        reason: progress.reason ?? 'the node needs its cordon no more',
        effect: { kind: 'uncordon', cluster: stage.cluster.name, node: stage.node.name },
      },
    };
  }
  return { decision: observed(stage, 'done', `upgraded to ${turn.plan.requested.to_version}, proved, uncordoned`) };
}
