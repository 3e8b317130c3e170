import * as z from 'zod';
import { findPatterns } from '../decisions/knowledge.ts';
import { defineTool } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { foundPatternView, knowledgeAddress, patternIdShown } from '../views/knowledge-view.ts';
import { counted, listOf, say, simulatedMark } from '../views/wording.ts';

const LIMIT = 5;

const input = z.strictObject({
  query: z.string().trim().min(1).max(400).describe('words, an id, a node, a version'),
  limit: z.number().int().min(1).max(20).optional().describe(`default ${LIMIT}`),
});

export const searchKnowledge = defineTool({
  name: 'search_knowledge',
  title: 'Search knowledge',
  description:
    'What the division learnt: patterns, past incidents, deployments, by score from 0 to 1 with their success rate in percent. Nothing found means nothing is known.',
  impact: 'observe',
  input,
  async run(front: FrontEnd, { query, limit = LIMIT }) {
    const { patterns, problems } = await front.knowledge.patterns();
    const found = findPatterns(patterns, query);
    const [best] = found;
    const { simulated } = front.config;
    const next =
      best === undefined
        ? 'go on without; record_lesson keeps what you learn.'
        : 'weigh what was found against the facts; a pattern is advice, not proof.';
    const rate = best?.pattern.successRate === undefined ? '' : `, success rate ${best.pattern.successRate} %`;
    return {
      structured: {
        simulated,
        ...listOf('patterns', found.map(foundPatternView), knowledgeAddress('cluster-patterns.jsonl'), limit),
        searched: patterns.length,
        ...(problems.length > 0 && listOf('unreadable', problems, knowledgeAddress('cluster-patterns.jsonl'))),
        next,
      },
      text: say(
        [
          simulatedMark(simulated),
          `${counted(found.length, 'pattern')} of ${patterns.length} found.`,
          best && `Best: ${patternIdShown(best.pattern.patternId)}, score ${best.score}${rate}.`,
          problems.length > 0 ? `${counted(problems.length, 'part')} of the knowledge base can't be read.` : undefined,
          best && String(foundPatternView(best).summary),
        ],
        next,
      ),
    };
  },
});
