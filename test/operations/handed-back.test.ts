/** A workload that fails and that a GitOps controller keeps: nothing of it is changed, and its owner gets the patch. */
import { describe, expect, it } from 'vitest';
import { preparedProcedure, runProcedure } from '../crash/in-process/procedure-division.ts';
import { badImageOf } from './failing-fleets.ts';

const task = { playbook: 'workload_failure', cluster: 'six', namespace: 'web', workload: 'web' };

describe('R263: mitigation', () => {
  it.each([
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:web/web' } }, 'argocd shop'],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }, 'flux shop'],
  ])('of what %s keeps is handed back as a patch: no mutation', async (_by, marks, keptBy) => {
    const prepared = await preparedProcedure(task);
    const before = await runProcedure(prepared, { before: badImageOf(marks) });
    const { operation, journal, handoffs, cluster } = before;
    expect(journal.flatMap(entry => (entry.kind === 'intent' ? [entry.effect.kind] : []))).toEqual([
      'hold_lease',
      'release_lease',
    ]);
    const patch = {
      spec: { template: { spec: { containers: [{ name: 'web', image: 'ghcr.io/example/web:1.0.0' }] } } },
    };
    const mitigated = operation.steps?.find(({ id }) => id.endsWith('/mitigate'));
    expect(mitigated).toMatchObject({ state: 'done', result: { done: 'handed_back', kept_by: keptBy, patch } });
    const handed = handoffs.filter(({ context }) => context.kept_by !== undefined);
    expect(handed).toMatchObject([{ to: { name: 'coo' }, context: { kept_by: keptBy, patch: JSON.stringify(patch) } }]);
    expect(JSON.stringify(cluster.store.get('deployments.apps', 'web', 'web')?.spec)).toContain('no-such-tag');
    // It fails on until somebody makes the change there: that is no success.
    expect(operation).toMatchObject({ status: 'failed', stopped: { reason: expect.stringContaining('monitor') } });
  });
});
