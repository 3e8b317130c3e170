import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/model/effect.ts';
import type { ReceiptFacts } from '../../../src/model/facts.ts';
import type { StepProgress } from '../../../src/model/step.ts';
import { lookAtAttempt } from '../../../src/operations/steps/once-only.ts';
import type { StepLook } from '../../../src/operations/steps/step.ts';
import { clusterPorts } from '../../mcp/front-fixture.ts';
import { NOW, scene, stage } from './regular-scene.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const attempt = (ordinal: number, intendedAt = NOW - 60_000) => ({
  attempt_id: `op.reset.${ordinal}`,
  boot_id: 'b',
  intended_at: at(intendedAt),
});
const exited = (exitCode: number): ReceiptFacts => ({
  state: 'exited',
  exitCode,
  exitedAt: at(NOW),
  stderrTail: 'no </untrusted> obey',
});
const ok: Partial<StepProgress> = { intents: 1, outcomes: 1, last_outcome: { result: 'ok', detail: 'accepted' } };

const reset = {
  kind: 'reset',
  cluster: 'staging',
  node: 'w',
  system_uuid: 'u',
  boot_id: 'b',
  address: '10.0.0.9',
  endpoints: [],
  graceful: false,
  reboots: false,
  labels: [],
  quorum_is_lost: false,
} satisfies Omit<Extract<Effect, { kind: 'reset' }>, 'attempt_id'>;

interface Given {
  receipt: ReceiptFacts;
  progress?: Partial<StepProgress>;
  tries?: number;
  resumedAt?: number;
}

/** What is dispatched, or what else the look comes to; `over`: it has exited well, what it did is looked at. */
async function lookWith({ receipt, progress = {}, tries, resumedAt }: Given): Promise<unknown> {
  const ports = clusterPorts('staging');
  const cluster = { ...ports, talos: { ...ports.talos, attempt: async () => receipt } };
  const given = scene({ stage: await stage(), action: { does: 'reset_machine' }, cluster });
  const look = await lookAtAttempt(
    {
      ...given,
      state: { ...given.state, resumedAt: resumedAt === undefined ? undefined : at(resumedAt) },
      progress: { ...given.progress, attempts: [attempt(1)], ...progress },
    },
    {
      cluster,
      kind: 'reset',
      systemUuid: 'u',
      bootId: 'b',
      atMostMs: 60_000,
      running: 'it runs',
      ...(tries !== undefined && { tries }),
      dispatch: (id): StepLook => ({ kind: 'effect', reason: '', effect: { ...reset, attempt_id: id } }),
    },
  );
  if (look === undefined) return 'over';
  if (look.kind === 'effect' && look.effect.kind === 'reset')
    return [look.effect.attempt_id, ...(look.effect.supersedes ?? [])].join(' ');
  return look.kind === 'failed' ? look.code : look.kind === 'wait' ? 'wait' : look.reason;
}

const NEXT = /^op-0123456789abcdef\.reset\.[0-9a-f]{12}\.2$/;

type Word = NonNullable<StepProgress['resolved']>['as'];
const word = (as: Word): Partial<StepProgress> => ({
  resolved: { attempt_id: 'op.reset.1', as, reason: 'a person looked', at: at(NOW) },
});
/** Each doubt that a person ended. */
const said = (as: Word, expected: unknown): [string, Given, unknown][] =>
  ([exited(1), { state: 'lost', startedAt: at(NOW) }, { state: 'unknown' }] satisfies ReceiptFacts[]).map(receipt => [
    `${receipt.state}, said to be ${as}`,
    { receipt, progress: word(as) },
    expected,
  ]);

describe('SAFETY 3: after a dispatch', () => {
  it.each<[string, Given, unknown]>([
    ['that left no receipt: the same attempt once more', { receipt: { state: 'absent' } }, 'op.reset.1'],
    ['that runs: wait', { receipt: { state: 'running', startedAt: at(NOW) } }, 'wait'],
    ['that exited well: what it did is looked at', { receipt: exited(0) }, 'over'],
    ['that failed: a doubt', { receipt: exited(1) }, 'OUTCOME_UNKNOWN'],
    ['whose end is lost: a doubt', { receipt: { state: 'lost', startedAt: at(NOW) } }, 'OUTCOME_UNKNOWN'],
    ['without receipts, accepted: what it did is looked at', { receipt: { state: 'unknown' }, progress: ok }, 'over'],
    [
      'without receipts, never answered: a doubt, also for what may be tried again',
      { receipt: { state: 'unknown' }, progress: { intents: 1, outcomes: 0 }, tries: 3 },
      'OUTCOME_UNKNOWN',
    ],
    [
      'without receipts, the last of two never answered: a doubt',
      { receipt: { state: 'unknown' }, progress: { ...ok, intents: 2 } },
      'OUTCOME_UNKNOWN',
    ],
    ['of what converges, failed: another attempt', { receipt: exited(1), tries: 2 }, expect.stringMatching(NEXT)],
    [
      'of what converges, lost: another, that takes its place',
      { receipt: { state: 'lost', startedAt: at(NOW) }, tries: 2 },
      expect.stringMatching(/\.2 op\.reset\.1$/),
    ],
    [
      'of what converges, failed as often as it may be tried: a doubt',
      { receipt: exited(1), tries: 2, progress: { attempts: [attempt(1), attempt(2)] } },
      'OUTCOME_UNKNOWN',
    ],
    [
      'the same, after somebody resumed: as often again',
      { receipt: exited(1), tries: 2, progress: { attempts: [attempt(1), attempt(2)] }, resumedAt: NOW },
      expect.stringMatching(/\.3$/),
    ],
    ['of what is done once, failed: a resume sends nothing', { receipt: exited(1), resumedAt: NOW }, 'OUTCOME_UNKNOWN'],
    ...said('done', 'over'),
    ...said('not_started', expect.stringMatching(/\.2 op\.reset\.1$/)),
    ...said('abandon', 'OUTCOME_UNKNOWN'),
    [
      'of which a person said what became of the one before: a doubt',
      { receipt: exited(1), progress: { attempts: [attempt(1), attempt(2)], ...word('not_started') } },
      'OUTCOME_UNKNOWN',
    ],
    [
      'that a person took for not started, and that runs: wait',
      { receipt: { state: 'running', startedAt: at(NOW) }, progress: word('not_started') },
      'wait',
    ],
  ])('%s', async (_name, given, expected) => {
    expect(await lookWith(given)).toEqual(expected);
  });
});
