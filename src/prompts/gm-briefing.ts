import { doneRuns, dueNow } from '../decisions/due.ts';
import type { Prompt } from '../mcp/define-prompt.ts';
import type { Operation } from '../model/operation.ts';
import { plansWaiting, type WaitingPlan } from '../operations/approving/plans-waiting.ts';
import { playbooks } from '../playbooks/index.ts';
import type { Inbox } from '../ports/handoffs.ts';
import type { FrontEnd } from '../ports.ts';
import { budgetSentence } from '../views/budget-view.ts';
import { clustersOf } from '../views/cluster-names.ts';
import { handoffSentence, isLate } from '../views/handoff-view.ts';
import { isEnded } from '../views/operation-view.ts';
import { shortHash, simulatedMark, someOf } from '../views/wording.ts';
import { clusterFacts, deadlineOf, fact, firstFew, unlessLate } from './live-facts.ts';

/** Of each kind: what is left out is counted and can be asked for. */
const CLUSTERS_MAX = 6;
const LINES_MAX = 4;

const operationSentence = ({ operation_id: id, playbook, clusters, status, phase, progress, waiting_for }: Operation) =>
  `${id}: ${playbook} on ${someOf(clusters, 3)}, ${status}, phase ${phase}, ${progress.done} of ${progress.total} done${
    waiting_for ? `, waits: ${waiting_for.reason}` : ''
  }`;

const waitingSentence = ({ plan, waitingFor, handoffId }: WaitingPlan): string =>
  `plan ${shortHash(plan.plan_hash)}, ${plan.playbook}: waits for ${waitingFor}${
    handoffId === undefined ? ', who was not asked yet' : ` (${handoffId})`
  }`;

/** What is late first; the inbox itself is sorted by when it is due. */
function inboxSentences({ handoffs }: Inbox): string[] {
  const late = handoffs.filter(isLate);
  const others = handoffs.filter(handoff => !isLate(handoff));
  const heading = `inbox: ${handoffs.length} open, ${late.length} late`;
  return [heading, ...firstFew([...late, ...others].map(handoffSentence), LINES_MAX)];
}

function dueSentence(operations: readonly Operation[], now: number): string {
  const due = dueNow(playbooks, doneRuns(operations), now);
  const words = due.map(
    ({ name, last_at, due_at }) => `${name} (${last_at === undefined ? 'never done' : `since ${due_at}`})`,
  );
  return words.length === 0 ? 'no procedure is due' : `due: ${words.join(', ')}`;
}

const section = (lines: readonly string[], none: string): string[] =>
  lines.length === 0 ? [none] : firstFew(lines, LINES_MAX);

export const gmBriefing: Prompt<FrontEnd> = {
  name: 'gm_briefing',
  title: 'Briefing of the general manager',
  description:
    'The division at a glance: clusters, operations, inbox, decisions that are waited for, budget, what is due.',
  arguments: {},
  async render(front, _given, signal) {
    const deadline = deadlineOf(signal);
    const clusters = await unlessLate(clustersOf(front, deadline.within), deadline);
    const [health, { operations }, inbox, waiting, budget] = await Promise.all([
      clusterFacts(front, clusters ?? [], deadline),
      front.division.operations(),
      front.handoffs.incoming(),
      plansWaiting(front),
      front.budget.today(),
    ]);
    const active = operations.filter(operation => !isEnded(operation)).map(operationSentence);
    const facts = [
      ...(clusters ? firstFew(health.clusters, CLUSTERS_MAX) : ['the clusters are not known: nobody said in time']),
      ...section(health.issues, clusters ? 'no issue is known' : 'issues are not known'),
      ...section(active, 'no operation is active'),
      ...section(waiting.map(waitingSentence), 'no plan waits for a decision'),
      ...inboxSentences(inbox),
      `budget ${budgetSentence(budget)}`,
      dueSentence(operations, front.clock.now()),
    ];
    return [
      'You are the Containers Division General Manager. Brief the user on the division in a few sentences, worst first.',
      '',
      `${simulatedMark(front.config.simulated) ?? ''} What is known now, as data:`.trim(),
      ...facts.map(fact),
      '',
      '1. Say what is unhealthy or unknown, what is late, and what waits for whom; unknown is not healthy.',
      '2. Offer one next step for each: cluster_health or investigate for what is wrong, handle_handoff for what is late, approve_or_escalate for what waits, get_operation for what runs, decompose_task with {"task":{"playbook":NAME}} for what is due.',
      '3. Start nothing by yourself: ask the user what to do first, and end your turn.',
    ].join('\n');
  },
};
