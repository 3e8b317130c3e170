/** Tells what the ledger found due: the emergency reserve and overruns to the COO, at once; the other alerts to the log. */
import type { BudgetNotification } from '../model/budget.ts';
import type { Budget } from '../ports/budget.ts';
import type { Handoffs } from '../ports/handoffs.ts';
import type { Log } from '../ports.ts';

export interface BudgetTeller {
  budget: Pick<Budget, 'notificationsDue' | 'markNotified'>;
  handoffs: Pick<Handoffs, 'outgoing' | 'send'>;
  log: Log;
  isSimulated: boolean;
}

/** Never throws: what could not be told stays due. A crash after the handoff and before the mark sends none again. */
export async function tellBudget(teller: BudgetTeller): Promise<void> {
  try {
    for (const notification of await teller.budget.notificationsDue()) {
      teller.log.warn('budget.alert', { ...notification });
      if (notification.to === 'coo') await tellCoo(teller, notification);
      await teller.budget.markNotified(notification);
    }
  } catch (error) {
    teller.log.warn('budget.untold', { error: String(error) });
  }
}

async function tellCoo({ handoffs, isSimulated }: BudgetTeller, notification: BudgetNotification): Promise<void> {
  const { notification_id: id, priority, summary, rule, day, tokens } = notification;
  const isSent = (await handoffs.outgoing()).handoffs.some(({ reading }) => reading.context.notification_id === id);
  if (isSent) return;
  await handoffs.send({
    to: 'coo',
    handoffType: 'status_update',
    priority,
    taskId: id,
    context: { summary, notification_id: id, action: 'budget.overrun', rule, day, tokens, simulated: isSimulated },
  });
}
