/** What must hold at an end of a scenario, whatever was expected of it, and what was. */
import { expect } from 'vitest';
import { nodeKey } from '../../../src/decisions/operation-state.ts';
import type { Seen } from './rehearsal.ts';
import type { End } from './scenario.ts';

/** SAFETY, by the simulation's own ledger. */
function expectNothingForbidden({ ledger, operation, journal }: Seen, end: End): void {
  expect(ledger).toMatchObject({
    pdb_violations: 0,
    control_plane_overlaps: 0,
    etcd_quorum_lost: end.quorumLosses ?? 0,
    evictions_refused: end.refusedToOthers ?? 0,
  });
  expect(ledger.max_installs_per_boot).toBeLessThanOrEqual(1);
  expect(ledger.max_reboots_per_boot).toBeLessThanOrEqual(1);
  expect(Math.max(0, ...Object.values(ledger.evictions_by_pod_uid))).toBeLessThanOrEqual(1);
  expect(operation.sequence).toBe(journal.length);
}

/** SAFETY 8: each node that we leave cordoned is named, with a command. */
function expectNoTrap({ operation, cordoned }: Seen, byOthers: readonly string[]): void {
  const { stopped, clusters } = operation;
  if (stopped) expect(stopped.remedy).toMatch(/control_operation|plan again/);
  const [cluster = ''] = clusters;
  for (const node of cordoned.filter(name => !byOthers.includes(name))) {
    expect(`${stopped?.remedy} ${operation.in_doubt?.join(' ')}`).toContain(nodeKey(cluster, node));
  }
}

export function expectEnd(seen: Seen, end: End): void {
  const { operation, ledger, cordoned, leaseHolder } = seen;
  const { stopped, status, nodes_by_state: states } = operation;
  expect({ status, code: stopped?.code, states, stopped, cordoned }).toEqual({
    status: end.status,
    code: end.code,
    states: end.states,
    stopped,
    cordoned: end.cordoned ?? [],
  });
  const said = [stopped?.reason, ...(stopped?.evidence ?? [])].join('\n');
  const [cause, ...more] = end.says ?? [];
  if (cause !== undefined) expect(stopped?.reason).toContain(cause);
  for (const fragment of more) expect(said).toContain(fragment);
  for (const fragment of end.remedy ?? []) expect(stopped?.remedy).toContain(fragment);
  expect({ installs: ledger.installs.length, reboots: ledger.reboots.length }).toEqual({
    installs: end.installs,
    reboots: end.reboots,
  });
  if (status === 'succeeded') expect(leaseHolder).toBeUndefined();
  expectNothingForbidden(seen, end);
  expectNoTrap(seen, end.byOthers ?? []);
}
