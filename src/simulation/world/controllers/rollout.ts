/** An integer or a percentage of `whole`, rounded up or down. */
export function resolveCount(value: unknown, whole: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent === undefined) return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
  const exact = (Number(percent) * whole) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** maxSurge (rounded up) and maxUnavailable (rounded down) of a Deployment; both zero counts as unavailable 1. */
export function rollingLimits(strategy: unknown, desired: number): { maxSurge: number; maxUnavailable: number } {
  const rolling = (typeof strategy === 'object' && strategy !== null ? strategy : {}) as Record<string, unknown>;
  const limits = (rolling.rollingUpdate ?? {}) as Record<string, unknown>;
  const maxSurge = resolveCount(limits.maxSurge ?? '25%', desired, 'up');
  const maxUnavailable = resolveCount(limits.maxUnavailable ?? '25%', desired, 'down');
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
}

/** What the next step of a rolling update looks at. */
export interface RolloutState {
  desired: number;
  maxSurge: number;
  maxUnavailable: number;
  fresh: { wanted: number; available: number };
  old: readonly { name: string; wanted: number; available: number }[];
}

export interface RolloutStep {
  fresh: number;
  old: Record<string, number>;
}

/**
 * How many replicas each ReplicaSet of a Deployment should have next: surge within maxSurge, take down only what keeps
 * desired - maxUnavailable available, unavailable old pods first (deployment controller, rolling.go).
 */
export function rolloutStep(state: RolloutState): RolloutStep {
  const { desired, fresh } = state;
  const oldWanted = state.old.reduce((sum, set) => sum + set.wanted, 0);
  const room = Math.max(0, desired + state.maxSurge - fresh.wanted - oldWanted);
  const next = fresh.wanted > desired ? desired : Math.min(desired, fresh.wanted + room);
  const unavailableFresh = Math.max(0, next - fresh.available);
  let removable = next + oldWanted - (desired - state.maxUnavailable) - unavailableFresh;
  const old: Record<string, number> = {};
  for (const set of state.old) {
    const broken = Math.min(Math.max(0, removable), Math.max(0, set.wanted - set.available));
    old[set.name] = set.wanted - broken;
    removable -= broken;
  }
  const available = fresh.available + state.old.reduce((sum, set) => sum + Math.min(set.available, set.wanted), 0);
  let spare = Math.max(0, Math.min(removable, available - (desired - state.maxUnavailable)));
  for (const set of state.old) {
    const taken = Math.min(spare, old[set.name] ?? 0);
    old[set.name] = (old[set.name] ?? 0) - taken;
    spare -= taken;
  }
  return { fresh: next, old };
}
