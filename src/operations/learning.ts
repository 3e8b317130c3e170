/** What the executor writes into the knowledge base: a lesson after each operation, samples of capacity. Never in anybody's way. */
import { capacitySample, countedMark, lessonOf } from '../decisions/knowledge.ts';
import type { ClusterFacts } from '../model/facts.ts';
import { endedStatuses } from '../model/operation.ts';
import type { NodeUsage } from '../model/usage-facts.ts';
import type { Knowledge } from '../ports/knowledge.ts';
import type { Division, Log } from '../ports.ts';

interface LearningPorts {
  knowledge: Knowledge;
  log: Log;
}

/** Ended operations looked at each time: an executor may have been killed between an operation's end and its lesson. */
const LOOKED_BACK = 20;

const unwritten =
  (log: Log, what: string) =>
  (error: unknown): void =>
    log.warn('knowledge.unwritten', { what, error: String(error) });

/** Makes the files that are not there (R299). */
export const beginKnowledge = ({ knowledge, log }: LearningPorts): Promise<void> =>
  knowledge.init().catch(unwritten(log, 'files'));

/** Counts each ended operation that is not counted yet (R337). What the disk refuses now is counted after the next end or start. */
export async function learnFromEnded(ports: LearningPorts & { division: DivisionReads }): Promise<void> {
  const { division, knowledge, log } = ports;
  try {
    const { operations } = await division.operations();
    const ended = operations.filter(({ status }) => endedStatuses.includes(status)).slice(0, LOOKED_BACK);
    const { patterns } = await knowledge.patterns();
    const counted = new Set(patterns.flatMap(pattern => pattern.counted));
    for (const operation of ended) {
      const plan = await division.plan(operation.plan_hash);
      const lesson = plan && lessonOf(plan, operation, []);
      if (plan === undefined || lesson === undefined || counted.has(countedMark(lesson.operation))) continue;
      const whole = lessonOf(plan, operation, await division.events(operation.operation_id, 0));
      if (whole === undefined || !(await knowledge.learn(whole))) continue;
      log.info('knowledge.learnt', { operation_id: operation.operation_id, pattern_id: whole.patternId });
    }
  } catch (error) {
    unwritten(log, 'lesson')(error);
  }
}

type DivisionReads = Pick<Division, 'operations' | 'plan' | 'events'>;

/** At most one sample a cluster and hour stays (R292). */
export const keepCapacity = async (
  { knowledge, log }: LearningPorts,
  facts: ClusterFacts,
  isSimulated: boolean,
  usage: readonly NodeUsage[] | undefined,
): Promise<void> => {
  const sample = capacitySample(facts, isSimulated, usage);
  await knowledge.keep('capacity-planning.json', sample).catch(unwritten(log, 'capacity'));
};
