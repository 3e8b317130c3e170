import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openHandoffs } from '../../../src/division/handoffs/handoffs.ts';
import { handOff } from '../../../src/operations/steps/hand-off.ts';
import type { StepLook } from '../../../src/operations/steps/step.ts';
import { clock, collectingLog } from '../../division/fixtures/records.ts';
import {
  endedOperation,
  OPERATION,
  plannedStep,
  type SceneOptions,
  type Stage,
  scene,
  stage,
} from './regular-scene.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});

const finding = (subject: string, severity = 'warning') => ({
  step: plannedStep(`staging/${subject}`, { does: 'check', subject: 'pods', must_hold: false }, { cluster: 'staging' }),
  progress: {
    result: {
      subject: 'pods',
      status: 'degraded',
      summary: 'one pod waits',
      issues: [{ severity, rule: 'R106: pods', subject, message: `${subject} waits` }],
      figures: {},
    },
  },
});

const report = (before: SceneOptions<'hand_off'>['before'], more: Partial<SceneOptions<'hand_off'>> = {}) =>
  handOff(
    scene({
      stage: on,
      action: { does: 'hand_off', handoff: 'issues_to_coo' },
      target: {},
      id: 'report',
      ...(before && { before }),
      ...more,
    }),
  );

async function written(look: StepLook) {
  if (look.kind !== 'write') throw new Error(`expected to write, not ${look.kind}`);
  return look.write(new AbortController().signal);
}

const sent = async (): Promise<string[]> => readdir(join(on.directory, 'handoffs', 'outgoing')).catch(() => []);

/** What is sent from now on bears another time, as it does after a crash. */
function aMomentLater(): void {
  const later = { ...clock, now: () => clock.now() + 60_000 };
  on.ports.handoffs = openHandoffs(on.directory, { clock: later, log: collectingLog() });
}

/** What the operation before kept of its report. */
const keptReport = (id: string, fingerprint: unknown) =>
  on.ports.division.writeOperation(
    endedOperation(id, 'daily_health_check', {
      steps: [{ id: 'report', state: 'done', intents: 0, outcomes: 0, result: { fingerprint, handoff_id: 'h-1' } }],
    }),
  );

describe('issues to the COO', () => {
  it('R109: nothing found writes no file', async () => {
    expect(await report([finding('shop/web', 'info')])).toMatchObject({
      kind: 'done',
      result: { fingerprint: null, headline: 'staging: healthy, 1 findings' },
    });
    expect(await sent()).toEqual([]);
  });

  it('R109: the same issues are told once; others, and the same after they were gone, are told again', async () => {
    const first = await written(await report([finding('shop/web')]));
    await keptReport('op-aaaaaaaaaaaaaaaa', first.fingerprint);
    expect(await report([finding('shop/web')], { operationId: 'op-bbbbbbbbbbbbbbbb' })).toMatchObject({
      kind: 'done',
      result: { handoff_id: 'h-1' },
    });
    expect((await report([finding('shop/db')], { operationId: 'op-bbbbbbbbbbbbbbbb' })).kind).toBe('write');
    await keptReport('op-cccccccccccccccc', null);
    await keptReport('op-aaaaaaaaaaaaaaaa', null);
    expect((await report([finding('shop/web')], { operationId: 'op-dddddddddddddddd' })).kind).toBe('write');
    expect(await sent()).toHaveLength(1);
  });

  it('R3: repeated after a crash it finds what it sent', async () => {
    const look = await report([finding('shop/web')]);
    const first = await written(look);
    aMomentLater();
    expect(await written(await report([finding('shop/web')]))).toEqual(first);
    expect(await sent()).toEqual([`containers-to-coo-report-${OPERATION}.json`]);
  });
});

describe('a completion', () => {
  it('goes to whoever asked by a handoff, and to nobody when nobody did', async () => {
    const asked = scene({ stage: on, action: { does: 'hand_off', handoff: 'completion_to_sender' }, target: {} });
    expect(await handOff(asked)).toMatchObject({ kind: 'done', reason: 'there is nothing to tell' });
  });
});

describe('several drafts of one step', () => {
  it('R160: each is sent once, under a number of its own', async () => {
    const needs = ['staging', 'production'].map(cluster => ({
      step: plannedStep(
        `${cluster}/node_needs`,
        { does: 'check', subject: 'node_needs', must_hold: false },
        { cluster },
      ),
      progress: { result: { subject: 'node_needs', summary: '', issues: [], figures: { missing: 1 } } },
    }));
    const step = () =>
      handOff(
        scene({
          stage: on,
          action: { does: 'hand_off', handoff: 'machines_from_infrastructure' },
          target: {},
          id: 'infrastructure',
          task: { playbook: 'capacity_planning' },
          before: needs,
        }),
      );
    const first = await written(await step());
    expect(first.handoff_ids).toEqual([
      `containers-to-infra-infrastructure-${OPERATION}`,
      `containers-to-infra-infrastructure-${OPERATION}-2`,
    ]);
    aMomentLater();
    expect(await written(await step())).toEqual(first);
    expect(await sent()).toHaveLength(2);
  });
});
