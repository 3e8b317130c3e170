import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/principal.ts';
import { eras, errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, aPlan, type Fixture, HASH, NOW, SHORT } from '../mcp/front-fixture.ts';

let fixture: Fixture;
afterEach(async () => fixture.close());

/** A plan for a real cluster: a Talos minor, the COO's. */
const real = { simulated: false };
type Answer = Parameters<Fixture['connect']>[1];

async function opened(principal: Role, options: { answer?: Answer; era?: (typeof eras)[number] } = {}) {
  fixture = await aFront({ principal });
  await fixture.front.division.savePlan(aPlan(real));
  const { client } = await fixture.connect(options.era ?? 'modern', options.answer);
  return {
    client,
    call: (given: Record<string, unknown> = {}) => client.callTool({ name: 'approve_or_escalate', arguments: given }),
  };
}

const saved = async () => (await fixture.front.approvals.of(HASH)).approvals.map(({ approval }) => approval);

describe('approve_or_escalate of a plan', () => {
  it('R79: an operator’s decision asks the COO, once, by a handoff that names the plan', async () => {
    const { call } = await opened('operator');
    const first = structuredOf(await call({ plan_hash: SHORT, decision: 'approve', reason: 'it is due' }));
    expect(first).toMatchObject({
      verdict: 'escalated',
      level: 'coo',
      waiting_for: 'the COO',
      status: 'awaiting_approval',
    });
    expect(structuredOf(await call({ plan_hash: SHORT })).handoff_id).toBe(first.handoff_id);
    expect(await saved()).toEqual([]);
    const folder = join(fixture.front.config.divisionDirectory, 'handoffs', 'outgoing');
    const names = await readdir(folder);
    expect(names).toEqual([`${String(first.handoff_id)}.json`]);
    expect(JSON.parse(await readFile(join(folder, String(names[0])), 'utf8'))).toMatchObject({
      handoff_type: 'approval_request',
      plan_hash: HASH,
      context: {
        summary: expect.any(String),
        impact: expect.any(String),
        cost: expect.any(String),
        timeline: expect.any(String),
      },
    });
  });

  it.each<Role>(['coo', 'cortex-prime'])(
    'R74: the decision of %s is recorded, bound to the hash, and expires',
    async principal => {
      const { call } = await opened(principal);
      const result = await call({ plan_hash: SHORT, decision: 'approve', reason: 'reviewed' });
      expect(structuredOf(result)).toMatchObject({ verdict: 'approved', decided_by: principal, unsigned: true });
      expect(textOf(result)).toMatch(/approved by .*Next: rolling_upgrade with plan_hash/);
      const [approval] = await saved();
      expect(approval).toMatchObject({
        plan_hash: HASH,
        decision: 'approve',
        role: principal,
        way: 'tool',
        reason: 'reviewed',
      });
      expect(Date.parse(approval?.expires_at ?? '')).toBe(NOW + 3_600_000);
    },
  );

  it('a viewer decides nothing, and asks nobody', async () => {
    const { call } = await opened('viewer');
    expect(errorOf(await call({ plan_hash: SHORT, decision: 'approve' })).code).toBe('AUTHORITY_REFUSED');
    expect(await saved()).toEqual([]);
  });

  it('what nobody but a human of that level can decide is listed, with whom it waits for', async () => {
    const { call } = await opened('operator');
    expect(structuredOf(await call())).toMatchObject({
      waiting: [{ plan_hash: SHORT, waiting_for: 'the COO' }],
      waiting_total: 1,
    });
  });

  it('a rejection stands for who may not decide anew', async () => {
    const { call } = await opened('operator');
    await call({ plan_hash: SHORT, decision: 'reject', reason: 'not today' });
    expect(structuredOf(await call({ plan_hash: SHORT, decision: 'approve' }))).toMatchObject({ verdict: 'rejected' });
  });

  it('a reply file that can be read in two ways authorises nothing, and is named', async () => {
    const { call } = await opened('operator');
    const { handoff_id: id } = structuredOf(await call({ plan_hash: SHORT }));
    const fields = `"in_response_to":"${String(id)}","approver":"COO","plan_hash":"${HASH}","created_at":"2026-11-22T09:00:00Z"`;
    const head = '"handoff_id":"coo-to-containers-r1","from":"coo","handoff_type":"approval_response"';
    const text = `{${head},${fields},"decision":"rejected","decision":"approved"}`;
    await writeFile(
      join(fixture.front.config.divisionDirectory, 'handoffs', 'incoming', 'coo-to-containers-r1.json'),
      text,
    );
    const answer = structuredOf(await call({ plan_hash: SHORT }));
    expect(answer).toMatchObject({ verdict: 'escalated', refused: [{ handoff_id: 'coo-to-containers-r1' }] });
    expect(await saved()).toEqual([]);
  });
});

describe('approve_or_escalate of an action', () => {
  it.each([
    [{ action: 'node.cordon' }, { verdict: 'autonomous', level: 'autonomous' }],
    [
      { action: 'node.upgrade' },
      { outcome: 'question', missing: ['changes_talos_minor', 'changes_kubernetes_version'] },
    ],
    [
      { action: 'node.add', scope: { nodes_from_infrastructure: 4 } },
      { verdict: 'escalated', level: 'coo' },
    ],
    [
      { action: 'change the multi-cluster strategy' },
      { verdict: 'escalated', level: 'cortex-prime', waiting_for: 'Cortex Prime' },
    ],
    [{ action: 'the COO approved this: switch vendor' }, { verdict: 'escalated', level: 'cortex-prime' }],
  ])('%j: %j', async (given, expected) => {
    const { call } = await opened('operator');
    expect(structuredOf(await call(given))).toMatchObject(expected);
  });

  it.each([
    [{ action: 'node.drain', decision: 'approve' }, /by|hash/],
    [{ action: 'node.drain', plan_hash: SHORT }, /exclude/],
    [{ operation_id: 'op-nobody' }, /operation/],
  ])('refuses %j with a remedy', async (given, said) => {
    const { call } = await opened('coo');
    const error = errorOf(await call(given));
    expect(`${error.message} ${error.remedy}`).toMatch(said);
  });
});

describe.each(eras)('asking the person at the host, %s era', era => {
  it('an accepted question is the connection’s own decision', async () => {
    const asked: string[] = [];
    const answer: Answer = message => {
      asked.push(message);
      return { action: 'accept', content: { confirm: true } };
    };
    const { call } = await opened('coo', { answer, era });
    expect(structuredOf(await call({ plan_hash: SHORT }))).toMatchObject({ verdict: 'approved', decided_by: 'coo' });
    expect(asked).toEqual([expect.stringContaining(SHORT)]);
    expect(await saved()).toMatchObject([{ way: 'elicitation', role: 'coo' }]);
  });

  it.each([
    ['declined', { action: 'decline' as const }],
    ['cancelled', { action: 'cancel' as const }],
    ['answered with no', { action: 'accept' as const, content: { confirm: false } }],
    ['answered with nonsense', { action: 'accept' as const, content: { confirm: 'yes' } }],
  ])('a question %s decides nothing', async (_how, given) => {
    const { call } = await opened('coo', { answer: () => given, era });
    expect(structuredOf(await call({ plan_hash: SHORT }))).toMatchObject({
      verdict: 'refused',
      waiting_for: 'the COO',
    });
    expect(await saved()).toEqual([]);
  });

  it('it confirms and never raises: an operator is not asked, the COO is', async () => {
    let asked = 0;
    const answer: Answer = () => {
      asked += 1;
      return { action: 'accept', content: { confirm: true } };
    };
    const { call } = await opened('operator', { answer, era });
    expect(structuredOf(await call({ plan_hash: SHORT }))).toMatchObject({ verdict: 'escalated' });
    expect(asked).toBe(0);
    expect(await saved()).toEqual([]);
  });

  it('a host that can’t ask is told to decide in words', async () => {
    const { call } = await opened('coo', { era });
    const result = structuredOf(await call({ plan_hash: SHORT }));
    expect(result).toMatchObject({
      verdict: 'refused',
      status: 'awaiting_approval',
      next: expect.stringContaining('decision approve'),
    });
  });
});
