/** The knowledge base as tools and resources show it: ids and figures as ours, every word that somebody wrote fenced and redacted. */
import type { FoundPattern } from '../decisions/knowledge.ts';
import type { KnowledgeFile, KnowledgeProblem } from '../model/knowledge.ts';
import { redact, redactValue } from '../redaction/redact.ts';
import { fenced } from './wording.ts';

export const knowledgeAddress = (file: KnowledgeFile): string => `gm://knowledge/${file}`;

const SUMMARY_CHARACTERS = 300;
const ENTRY_CHARACTERS = 4000;
const ENTRIES_MAX = 100;

/** An id as those that our rules make are; any other is foreign text. */
export const patternIdShown = (patternId: string): string =>
  /^[A-Za-z0-9][\w.-]{0,127}$/.test(patternId) ? patternId : fenced(redact(patternId), 128);

/** One found pattern; `success_rate` in percent, null when nothing was counted. */
export const foundPatternView = ({ pattern, score }: FoundPattern): Record<string, unknown> => ({
  pattern_id: patternIdShown(pattern.patternId),
  name: fenced(redact(pattern.name), 120),
  score,
  summary: fenced(redact(pattern.summary), SUMMARY_CHARACTERS),
  success_rate: pattern.successRate ?? null,
  observations: pattern.observations,
  simulated: pattern.simulated,
  file: pattern.file,
});

/** A file's newest entries, each as one fenced text, newest first. */
export const knowledgeFileView = (
  file: KnowledgeFile,
  entries: readonly unknown[],
  problems: readonly KnowledgeProblem[],
): Record<string, unknown> => ({
  file,
  entries: entries
    .slice(-ENTRIES_MAX)
    .toReversed()
    .map(entry => fenced(JSON.stringify(redactValue(entry)) ?? '', ENTRY_CHARACTERS)),
  entries_total: entries.length,
  unreadable: problems.map(({ line, reason }) => ({ ...(line !== undefined && { line }), reason })),
});
