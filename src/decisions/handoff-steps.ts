/** What may be done with a received handoff, given what was done with it before. */
import type { Handoff, HandoffAction, HandoffStep } from '../model/handoff.ts';

/** What the steps so far come to; undefined when nothing was decided. */
export function stateAfter(steps: readonly HandoffStep[]): 'open' | 'accepted' | 'completed' | 'rejected' {
  const last = steps.at(-1)?.action;
  if (last === undefined) return 'open';
  return last === 'accept' ? 'accepted' : last === 'complete' ? 'completed' : 'rejected';
}

export type StepVerdict =
  | { verdict: 'step'; number: number }
  /** It was done before, by this step: nothing more happens. */
  | { verdict: 'done'; step: HandoffStep }
  | { verdict: 'refused'; reason: string; remedy: string };

const STATE_OF = { accept: 'accepted', reject: 'rejected', complete: 'completed' } as const;

/**
 * accept, then complete or reject; either also at once. The same again is answered with the step that did it. What has ended stays
 * ended, and content that changed after it was accepted has to be accepted again.
 */
export function judgeStep(handoff: Handoff, action: HandoffAction): StepVerdict {
  const last = handoff.steps.at(-1);
  const state = stateAfter(handoff.steps);
  const isSameContent = last?.content_hash === handoff.reading.hash;
  if (handoff.direction === 'outgoing') {
    return {
      verdict: 'refused',
      reason: 'it is one that we sent',
      remedy: 'handle_handoff without arguments lists the inbox',
    };
  }
  const mayAcceptAnew = action === 'accept' && state === 'accepted' && !isSameContent && handoff.versions.length === 1;
  if (handoff.conflict !== undefined && !mayAcceptAnew) {
    return {
      verdict: 'refused',
      reason: handoff.conflict,
      remedy: 'a person compares the files and moves the wrong one away; then call again',
    };
  }
  if (last !== undefined && state === STATE_OF[action] && isSameContent) return { verdict: 'done', step: last };
  if (state === 'completed' || state === 'rejected') {
    return {
      verdict: 'refused',
      reason: `it was ${state} at ${last?.at} and stays so`,
      remedy: 'ask the sender for a new handoff with an id of its own',
    };
  }
  return { verdict: 'step', number: handoff.steps.length + 1 };
}
