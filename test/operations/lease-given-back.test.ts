/** A procedure is over once it holds no Lease: who plans for the same cluster then finds it free (SAFETY 6). */
import { describe, expect, it } from 'vitest';
import { leaseHolder } from '../crash/in-process/judge.ts';
import { preparedProcedure, runProcedure } from '../crash/in-process/procedure-division.ts';
import { badImageOf } from './failing-fleets.ts';

const workload = { playbook: 'workload_failure', cluster: 'six', namespace: 'web', workload: 'web' };
const keptByFlux = badImageOf({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } });

describe('the Lease is given back before the end is told', () => {
  it.each([
    ['failed', workload, { before: keptByFlux }, 'stopped'],
    [
      'succeeded',
      { playbook: 'maintain_node', cluster: 'six', node: 'six-worker-1', reason: 'a fan', minutes: 30 },
      {},
      'finished',
    ],
  ])('of one that has %s', async (status, task, options, last) => {
    const { operation, journal, cluster } = await runProcedure(await preparedProcedure(task), options);
    expect(operation).toMatchObject({ status });
    const kinds = journal.flatMap(entry => (entry.kind === 'outcome' ? [entry.effect.kind] : [entry.kind]));
    expect(kinds).toContain('hold_lease');
    expect(kinds.slice(-2)).toEqual(['release_lease', last]);
    expect(leaseHolder({ cluster })).toBeUndefined();
  });
});
