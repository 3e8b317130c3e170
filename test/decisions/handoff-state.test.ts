import { describe, expect, it } from 'vitest';
import { judgeStep } from '../../src/decisions/handoff-steps.ts';
import { aStep, fromCoo, handoffsOf, NOW_MS, only, ourRequest } from './a-handoff.ts';

const REQUEST = { fields: ourRequest(), source: 'outgoing/containers-to-coo-upgrade-1.json' };

describe('one id, one handoff', () => {
  it('R161: the same content in two places and two formats is one handoff with two sources', () => {
    const { incoming } = handoffsOf([
      { fields: fromCoo(), source: 'a.json' },
      { fields: JSON.stringify(fromCoo(), null, 4), source: 'incoming/b.json', writtenAtMs: NOW_MS - 120_000 },
    ]);
    const handoff = only(incoming);
    expect(handoff.conflict).toBeUndefined();
    expect(only(handoff.versions).sources).toEqual(['a.json', 'incoming/b.json']);
    expect(only(handoff.versions).writtenAtMs).toBe(NOW_MS - 120_000);
  });

  it('another content under the same id is a conflict; the one written first is shown, both are kept', () => {
    const { incoming } = handoffsOf([
      { fields: fromCoo({ priority: 'low' }), source: 'a.json', writtenAtMs: NOW_MS - 10 },
      { fields: fromCoo(), source: 'b.json', writtenAtMs: NOW_MS - 20 },
    ]);
    const handoff = only(incoming);
    expect(handoff.conflict).toBe('files with this id say different things');
    expect(handoff.versions).toHaveLength(2);
    expect(handoff.reading.priority).toBe('high');
    for (const action of ['accept', 'reject', 'complete'] as const) {
      expect(judgeStep(handoff, action)).toMatchObject({ verdict: 'refused' });
    }
  });

  it('an incoming one with the id of one of ours is a conflict', () => {
    const { incoming } = handoffsOf([{ fields: fromCoo({ handoff_id: 'containers-to-coo-upgrade-1' }) }], [REQUEST]);
    expect(only(incoming).conflict).toBe('one of our own handoffs has this id');
  });

  it('D2: what is marked as processed is over, unless something unmarked has its id', () => {
    const marked = { fields: fromCoo(), source: 'a.json', isConsumed: true };
    const handoff = only(handoffsOf([marked]).incoming);
    expect(handoff.state).toBe('completed');
    expect(handoff.clock.state).toBe('stopped');
    const both = only(handoffsOf([marked, { fields: fromCoo({ priority: 'low' }), source: 'b.json' }]).incoming);
    expect([both.state, both.versions.length]).toEqual(['open', 1]);
  });

  it.each(['cancelled', 'expired', 'Withdrawn'])('status %s withdraws it and stops the clock', status => {
    const handoff = only(handoffsOf([{ fields: fromCoo({ status }) }]).incoming);
    expect([handoff.state, handoff.clock.state]).toEqual(['withdrawn', 'stopped']);
  });
});

describe('what was decided', () => {
  const open = only(handoffsOf([{ fields: fromCoo() }]).incoming);
  const withSteps = (...changes: Parameters<typeof aStep>[1][]) =>
    only(
      handoffsOf(
        [{ fields: fromCoo() }],
        [],
        changes.map((change, index) => aStep(open, { step: index + 1, ...change })),
      ).incoming,
    );

  it('gives its state, and stops the clock at the first step', () => {
    expect(open).toMatchObject({ state: 'open', clock: { state: 'late' } });
    expect(withSteps({})).toMatchObject({ state: 'accepted', clock: { state: 'missed', late_minutes: 0 } });
    expect(withSteps({ at: '2026-11-22T09:10:00.000Z' })).toMatchObject({ clock: { state: 'met' } });
    expect(withSteps({}, { action: 'complete' })).toMatchObject({ state: 'completed' });
    expect(withSteps({ action: 'reject' })).toMatchObject({ state: 'rejected' });
  });

  it.each([
    ['nothing', [], { accept: 'step', reject: 'step', complete: 'step' }],
    ['accept', [{}], { accept: 'done', reject: 'step', complete: 'step' }],
    ['complete', [{}, { action: 'complete' }], { accept: 'refused', reject: 'refused', complete: 'done' }],
    ['reject', [{ action: 'reject' }], { accept: 'refused', reject: 'done', complete: 'refused' }],
  ] as const)('after %s allows what it allows', (_what, steps, expected) => {
    const handoff = withSteps(...steps);
    for (const [action, verdict] of Object.entries(expected)) {
      expect([action, judgeStep(handoff, action as 'accept').verdict]).toEqual([action, verdict]);
    }
  });

  it('about content that changed since is a conflict: accepted it may be accepted anew, ended it stays ended', () => {
    const accepted = withSteps({ content_hash: '0'.repeat(64) });
    expect(accepted.conflict).toBe('its content changed after it was accepted');
    expect(judgeStep(accepted, 'complete').verdict).toBe('refused');
    expect(judgeStep(accepted, 'accept')).toEqual({ verdict: 'step', number: 2 });
    const ended = withSteps({ action: 'complete', content_hash: '0'.repeat(64) });
    expect(ended.conflict).toBe('its content changed after it was completed');
    for (const action of ['accept', 'reject', 'complete'] as const) {
      expect(judgeStep(ended, action).verdict).toBe('refused');
    }
  });

  it('nothing is decided about what we sent', () => {
    expect(judgeStep(only(handoffsOf([], [REQUEST]).outgoing), 'complete').verdict).toBe('refused');
  });
});

describe('answers', () => {
  const reply = (fields: Record<string, unknown>) => fromCoo({ handoff_id: 'coo-to-containers-r', ...fields });
  const vmRequest = {
    source: 'outgoing/containers-to-infra-nodes-001.json',
    fields: {
      handoff_id: 'containers-to-infra-nodes-001',
      from_division: 'containers',
      to_division: 'infrastructure',
      handoff_type: 'resource_request',
      context: { summary: 'Need 3 VMs' },
      created_at: '2026-11-22T08:00:00Z',
    },
  };
  const fromInfra = (fields: Record<string, unknown> = {}) => ({
    handoff_id: 'infra-to-containers-k8s-nodes-001',
    from_division: 'infrastructure',
    handoff_type: 'resource_provisioning',
    status: 'completed',
    context: { summary: '3 VMs are up' },
    created_at: '2026-11-22T09:00:00Z',
    ...fields,
  });

  it('R87: a reply file is found by in_response_to, at the top or in context, and ends the waiting', () => {
    for (const fields of [
      { in_response_to: 'containers-to-coo-upgrade-1' },
      { context: { summary: 's', in_response_to: 'containers-to-coo-upgrade-1' } },
    ]) {
      const { incoming, outgoing } = handoffsOf([{ fields: reply(fields) }], [REQUEST]);
      expect(only(incoming).answers).toEqual({ handoffId: 'containers-to-coo-upgrade-1', by: 'in_response_to' });
      expect(only(outgoing)).toMatchObject({ state: 'answered', answeredBy: ['coo-to-containers-r'] });
    }
  });

  it('what names a request we never made answers nothing', () => {
    const { incoming, outgoing } = handoffsOf(
      [{ fields: reply({ in_response_to: 'containers-to-coo-upgrade-9' }) }],
      [REQUEST],
    );
    expect(only(incoming).answers).toBeUndefined();
    expect(only(outgoing).state).toBe('waiting');
  });

  it.each([
    ['its task', { task_id: 'upgrade-1' }, 'task_id'],
    ['its id in the text', { context: { summary: 'about containers-to-coo-upgrade-1.' } }, 'named_in_text'],
    ['the beginning of a longer id', { context: { summary: 'about containers-to-coo-upgrade-12' } }, undefined],
    ['its task, but from somebody else', { from: 'security', task_id: 'upgrade-1' }, undefined],
    ['its task, but from before', { task_id: 'upgrade-1', created_at: '2026-11-01T00:00:00Z' }, undefined],
  ])('without it by %s: %j', (_what, fields, by) => {
    expect(only(handoffsOf([{ fields: reply(fields) }], [REQUEST]).incoming).answers?.by).toBe(by);
  });

  it('R323: the machines of Infrastructure answer the only request for machines of the last week', () => {
    const found = (received: Record<string, unknown>, ...requests: (typeof vmRequest)[]) =>
      only(handoffsOf([{ fields: received }], requests).incoming).answers;
    expect(found(fromInfra(), vmRequest)).toEqual({ handoffId: 'containers-to-infra-nodes-001', by: 'type_and_time' });
    expect(found(fromInfra({ created_at: '2026-12-22T09:00:00Z' }), vmRequest)).toBeUndefined();
    const another = { ...vmRequest, fields: { ...vmRequest.fields, handoff_id: 'containers-to-infra-nodes-002' } };
    expect(found(fromInfra(), vmRequest, another)).toBeUndefined();
    expect(found(fromInfra({ from_division: 'monitoring' }), vmRequest)).toBeUndefined();
  });

  it('R87: a request whose copy was only written into, and not decided, is no answer but a conflict', () => {
    const noted = { fields: { ...ourRequest(), note: 'seen' }, source: 'a.json' };
    const handoff = only(handoffsOf([], [REQUEST, noted]).outgoing);
    expect(handoff).toMatchObject({ state: 'waiting', conflict: 'its copies say different things' });
    const decided = { fields: { ...ourRequest(), status: 'approved' }, source: 'a.json' };
    expect(only(handoffsOf([], [REQUEST, decided]).outgoing)).toMatchObject({ state: 'answered', conflict: undefined });
  });

  it('new work under the task of an answer of ours is no answer to it', () => {
    const ours = { ...ourRequest(), status: 'completed', in_response_to: 'coo-to-containers-expand-7' };
    const again = fromCoo({ handoff_id: 'coo-to-containers-more', task_id: 'upgrade-1' });
    expect(only(handoffsOf([{ fields: again }], [{ fields: ours }]).incoming).answers).toBeUndefined();
  });

  it('our own answers wait for none', () => {
    const fields = { ...ourRequest(), status: 'completed', in_response_to: 'coo-to-containers-expand-7' };
    const handoff = only(handoffsOf([{ fields: fromCoo() }], [{ fields, source: 'outgoing/a.json' }]).outgoing);
    expect(handoff).toMatchObject({
      state: 'completed',
      clock: { state: 'stopped' },
      answers: { handoffId: 'coo-to-containers-expand-7' },
    });
  });
});
