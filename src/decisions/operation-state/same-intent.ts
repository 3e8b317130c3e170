import canonicalize from 'canonicalize';
import type { Effect } from '../../model/effect.ts';

/** A node's resourceVersion is a precondition read anew each time, a snapshot's file gets a new name with each try: no part of what is intended. */
export function intentOf(effect: Effect): string | undefined {
  if (effect.kind === 'cordon') return canonicalize({ ...effect, resource_version: '' });
  if (effect.kind === 'snapshot') return canonicalize({ ...effect, path: '' });
  return canonicalize(effect);
}

/** True when the effect is the one whose intent is already on disk: a life that ended between the two repeats no record. */
export function isSameIntent(intended: Effect | undefined, effect: Effect): boolean {
  return intended !== undefined && intentOf(intended) === intentOf(effect);
}
