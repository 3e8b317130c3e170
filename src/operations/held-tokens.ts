/** The day's tokens that operations are estimated to cost: held back when one starts, settled when it has ended. */
import type { Plan } from '../model/plan.ts';
import type { Log } from '../ports.ts';
import type { Outlook } from './outlook.ts';

interface Ledger {
  log: Log;
  /** Absent: no tokens are counted. */
  outlook?: Outlook;
}

/** Nothing waits for the ledger: what it can't hold back or give back is logged. */
export class HeldTokens {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Holds back what the plan is estimated to cost. Whether it may be spent was decided with the plan's authority. */
  async hold(plan: Plan, id: string): Promise<void> {
    const { outlook, log } = this.#ledger;
    const { tokens } = plan.estimate;
    const spending = { id, category: 'supervision', tokens, reason: plan.playbook, isEmergency: false } as const;
    const verdict = await outlook?.budget.reserve(spending, true).catch(this.#refused);
    if (verdict?.verdict === 'needs_coo' || (verdict?.verdict === 'allowed' && verdict.flags.length > 0)) {
      log.warn('budget.flagged', { operation_id: id, ...verdict });
    }
  }

  /** Gives back what an ended operation did not use. */
  async settle(id: string): Promise<void> {
    const { outlook } = this.#ledger;
    const settled = outlook?.budget.tokensOfTask(id).then(tokens => outlook.budget.settle(id, tokens));
    await settled?.catch(this.#refused);
  }

  /** Tokens of today that are still held back for an operation that ended before it was settled are settled now. */
  async settleHeld(ended: readonly string[]): Promise<void> {
    const { outlook } = this.#ledger;
    const today = ended.length > 0 ? await outlook?.budget.today().catch(this.#refused) : undefined;
    const held = today?.reservations.filter(({ status }) => status === 'open') ?? [];
    for (const { reservation_id: id } of held) if (ended.includes(id)) await this.settle(id);
  }

  readonly #refused = (error: unknown): undefined => {
    this.#ledger.log.warn('budget.unwritten', { error: String(error) });
  };
}
