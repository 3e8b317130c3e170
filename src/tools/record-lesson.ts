import * as z from 'zod';
import { defineTool } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { knowledgeAddress } from '../views/knowledge-view.ts';
import { say, simulatedMark } from '../views/wording.ts';

const words = z.string().trim().min(1).max(120);

const input = z.strictObject({
  name: z.string().trim().min(3).max(120).describe('short; the same name again changes that lesson'),
  summary: z.string().trim().min(10).max(2000).describe('when it applies, what to do, why'),
  pattern_id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,119}$/, 'lower case letters, digits, dots and dashes')
    .optional()
    .describe('adds to that pattern'),
  use_cases: z.array(words).max(10).optional().describe('what one would search for'),
  playbook: z
    .string()
    .regex(/^[a-z][a-z0-9_]{1,59}$/, 'a playbook such as talos_upgrade')
    .optional()
    .describe('it is about'),
  clusters: z.array(z.string().min(1).max(63)).max(20).optional().describe('it was seen on'),
  versions: z.array(z.string().min(1).max(40)).max(10).optional().describe('like v1.13.9'),
});

export const recordLesson = defineTool({
  name: 'record_lesson',
  title: 'Record lesson',
  description:
    'Keeps a lesson in the knowledge base, where plans and search_knowledge find it. Operations record their own outcomes: a success rate is counted, never claimed.',
  impact: 'record',
  category: 'reporting',
  input,
  async run(front: FrontEnd, given) {
    const { patternId, isNew } = await front.knowledge.record({
      name: given.name,
      summary: given.summary,
      ...(given.pattern_id !== undefined && { patternId: given.pattern_id }),
      ...(given.playbook !== undefined && { playbook: given.playbook }),
      useCases: given.use_cases ?? [],
      clusters: given.clusters ?? [],
      versions: given.versions ?? [],
      simulated: front.config.simulated,
      at: new Date(front.clock.now()).toISOString(),
    });
    const { simulated } = front.config;
    const next = 'end your turn; search_knowledge finds it.';
    return {
      structured: {
        simulated,
        pattern_id: patternId,
        is_new: isNew,
        address: knowledgeAddress('cluster-patterns.jsonl'),
        next,
      },
      text: say([simulatedMark(simulated), `${isNew ? 'Recorded' : 'Changed'} ${patternId}.`], next),
    };
  },
});
