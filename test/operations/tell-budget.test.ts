import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openHandoffs } from '../../src/division/handoffs/handoffs.ts';
import { TokenLedger } from '../../src/division/token-ledger/token-ledger.ts';
import { tellBudget } from '../../src/operations/tell-budget.ts';
import type { Handoffs } from '../../src/ports/handoffs.ts';
import { allotment } from '../decisions/budget/ledger-lines.ts';
import { type CollectingLog, clock, collectingLog, temporaryFolder } from '../division/fixtures/records.ts';

let log: CollectingLog;
let budget: TokenLedger;
let handoffs: Handoffs;

beforeEach(async () => {
  const directory = `${await temporaryFolder()}/coordination/divisions/containers`;
  log = collectingLog();
  budget = new TokenLedger(directory, { allotment, timezone: 'UTC', now: () => clock.now(), log });
  handoffs = openHandoffs(directory, { clock, log });
  onTestFinished(() => budget.close());
});

const tell = (more: Partial<Parameters<typeof tellBudget>[0]> = {}) =>
  tellBudget({ budget, handoffs, log, isSimulated: false, ...more });
const sent = async () => (await handoffs.outgoing()).handoffs.map(({ reading }) => reading.context.notification_id);
const use = (tokens: number) => budget.report({ category: 'supervision', tokens, what: 'coo' });

describe('telling what is due', () => {
  it('nothing, as long as nothing is', async () => {
    await use(11_249);
    await tell();
    expect(await sent()).toEqual([]);
    expect(log.events).toEqual([]);
  });

  it('D4: alerts below 100 % go to the log, the rest to the COO; each once', async () => {
    await use(13_500);
    await tell();
    expect({ sent: await sent(), events: log.events }).toEqual({ sent: [], events: ['budget.alert', 'budget.alert'] });
    await use(3001);
    await tell();
    await tell();
    expect((await sent()).map(String).toSorted((one, other) => one.localeCompare(other))).toEqual([
      'budget-alert-2026-11-22-100',
      'budget-overrun-2026-11-22',
    ]);
    expect(log.events).toHaveLength(4);
  });

  it('killed between the handoff and its mark: it is not sent again, and is marked then', async () => {
    await use(15_000);
    const dies = {
      notificationsDue: () => budget.notificationsDue(),
      markNotified: () => Promise.reject(new Error('killed')),
    };
    await tell({ budget: dies });
    expect(await sent()).toEqual(['budget-alert-2026-11-22-100']);
    await tell();
    expect(await sent()).toEqual(['budget-alert-2026-11-22-100']);
    expect(await budget.notificationsDue()).toEqual([]);
  });

  it('what can’t be sent stays due', async () => {
    await use(15_000);
    await tell({
      handoffs: { outgoing: () => handoffs.outgoing(), send: () => Promise.reject(new Error('disk full')) },
    });
    expect(log.events).toContain('budget.untold');
    await tell();
    expect(await sent()).toEqual(['budget-alert-2026-11-22-100']);
  });
});
