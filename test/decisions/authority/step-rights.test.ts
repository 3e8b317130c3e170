import { describe, expect, it } from 'vitest';
import { effectsOfSteps, forbiddenTo, stepRights } from '../../../src/decisions/authority/step-rights.ts';
import { planAuthority } from '../../../src/decisions/authority.ts';
import type { Effect } from '../../../src/model/effect.ts';
import type { StepAction } from '../../../src/model/step.ts';
import { planOf, step } from '../procedures.ts';

const look: StepAction = { does: 'check', subject: 'nodes', must_hold: false };
const uncordon: Effect = { kind: 'uncordon', cluster: 'staging', node: 'a' };

describe('what a step may do', () => {
  it.each<[string, StepAction, Effect, string | undefined]>([
    ['what it is for', { does: 'uncordon' }, uncordon, undefined],
    ['what another step of its plan is for', look, uncordon, 's (check) has no right to uncordon'],
    [
      'what it is for, to another cluster',
      { does: 'uncordon' },
      { ...uncordon, cluster: 'production' },
      's is about staging, not about production',
    ],
  ])('%s', (_name, does, effect, expected) => {
    expect(forbiddenTo(step({ id: 's', does }), effect)).toBe(expected);
  });

  it('has a right of its own for whatever changes more than a label: what decides it is named', () => {
    const undecided = Object.entries(stepRights).filter(([, { effects, action }]) => effects.length > 0 && !action);
    expect(undecided.map(([kind]) => kind).toSorted()).toEqual([
      'fetch_kubeconfig',
      'hold_lease',
      'keep_etcd_data',
      'snapshot_etcd',
    ]);
  });
});

describe('who decides a procedure', () => {
  it('R74: also what takes a step back is somebody’s decision: it hides behind no harmless step', () => {
    const hidden = step({ id: 's', does: look, undoneBy: { does: 'recover_etcd' } });
    const { requested, clusters, steps } = planOf([hidden]);
    const harmless = planAuthority({
      requested: { ...requested, action: 'pod.schedule' },
      clusters,
      steps: [step({ id: 's', does: look })],
    });
    expect(harmless.level).toBe('autonomous');
    expect(effectsOfSteps(steps)).toContain('recover_etcd');
    expect(planAuthority({ requested: { ...requested, action: 'pod.schedule' }, clusters, steps }).level).not.toBe(
      'autonomous',
    );
  });
});
