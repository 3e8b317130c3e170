import { join } from 'node:path';
import { isFields, readJsonValues } from '../../decisions/knowledge.ts';
import type { EntryFile, KnowledgeFile, KnowledgeProblem } from '../../model/knowledge.ts';
import { writeAtomically } from '../atomic-file.ts';
import { diskError } from '../disk-error.ts';
import { errorCode, type FileSystem } from '../file-system.ts';

/** A file of the knowledge base as it stands there. */
export interface KnowledgeText {
  /** Undefined: there is none. */
  bytes: Buffer | undefined;
  /** What else stands in the file, kept as it is; JSON files only. */
  others: Record<string, unknown>;
  /** Oldest first. */
  entries: readonly unknown[];
  problems: readonly KnowledgeProblem[];
}

/** A file beyond this was not made by us: it is left alone. */
export const KNOWLEDGE_BYTES_MAX = 16 * 1024 * 1024;

/** @throws DivisionError INTERNAL when the disk does not give it */
export async function readKnowledge(fs: FileSystem, folder: string, file: KnowledgeFile): Promise<KnowledgeText> {
  const path = join(folder, file);
  let bytes: Buffer;
  try {
    bytes = await fs.read(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { bytes: undefined, others: {}, entries: [], problems: [] };
    throw diskError(error, 'read', path);
  }
  const text = bytes.length > KNOWLEDGE_BYTES_MAX ? undefined : bytes.toString('utf8');
  if (text === undefined) {
    const reason = `is larger than ${KNOWLEDGE_BYTES_MAX} bytes`;
    return { bytes, others: {}, entries: [], problems: [{ file, reason }] };
  }
  return { bytes, ...(file === 'cluster-patterns.jsonl' ? patternLines(file, text) : entryList(file, text)) };
}

function patternLines(file: KnowledgeFile, text: string): Omit<KnowledgeText, 'bytes'> {
  const { values, bad } = readJsonValues(text);
  return { others: {}, entries: values.map(({ value }) => value), problems: bad.map(each => ({ file, ...each })) };
}

function entryList(file: KnowledgeFile, text: string): Omit<KnowledgeText, 'bytes'> {
  const damaged = (reason: string, others: Record<string, unknown> = {}) => ({
    others,
    entries: [],
    problems: [{ file, reason }],
  });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return damaged('is not JSON');
  }
  if (Array.isArray(value)) return { others: {}, entries: value, problems: [] };
  if (!isFields(value)) return damaged('is no JSON object');
  const { entries = [], ...others } = value;
  if (!Array.isArray(entries)) return damaged('its entries are no list', others);
  return { others, entries, problems: [] };
}

const entryFileText = (others: Record<string, unknown>, entries: readonly unknown[]): string =>
  `${JSON.stringify({ record_version: 1, ...others, entries }, null, 2)}\n`;

/** Thousands of small entries: one a line takes half the room. */
function sampleFileText(others: Record<string, unknown>, entries: readonly unknown[]): string {
  const head = JSON.stringify({ record_version: 1, ...others }).slice(0, -1);
  return `${head},"entries":[\n${entries.map(entry => JSON.stringify(entry)).join(',\n')}\n]}\n`;
}

/** What a file holds before anything is known. */
export const emptyKnowledge = (file: KnowledgeFile): string =>
  file === 'cluster-patterns.jsonl' ? '' : entryFileText({}, []);

/** One compact object a line (ledger R289). */
export function writePatterns(fs: FileSystem, folder: string, patterns: readonly unknown[]): Promise<void> {
  const text = patterns.map(pattern => `${JSON.stringify(pattern)}\n`).join('');
  return writeAtomically(fs, join(folder, 'cluster-patterns.jsonl'), text);
}

export function writeEntries(
  fs: FileSystem,
  folder: string,
  file: EntryFile,
  { others, entries }: Pick<KnowledgeText, 'others' | 'entries'>,
): Promise<void> {
  const text = file === 'capacity-planning.json' ? sampleFileText(others, entries) : entryFileText(others, entries);
  return writeAtomically(fs, join(folder, file), text);
}
