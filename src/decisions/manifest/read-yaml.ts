import { type Document, LineCounter, parseAllDocuments, type Tags, type YAMLError } from 'yaml';
import { isNestedTooDeep } from './nesting.ts';

/** What is refused before its content is looked at; sizes in characters. */
export const manifestLimits = { characters: 1_048_576, documents: 100, objects: 500, aliases: 100 } as const;

/** One thing that keeps a manifest from being read. No text of the manifest is in it: that may be a secret. */
export interface ManifestProblem {
  /** From 1; undefined when it is about the whole text. */
  line: number | undefined;
  message: string;
  remedy: string;
}

export interface YamlDocument {
  line: number;
  value: unknown;
}

/** Read as text by the YAML reader of kubectl, though YAML 1.1 has types for them. */
const NOT_IN_KUBECTL = ['timestamp', 'binary', 'omap', 'pairs', 'set'];

/** The tags of YAML 1.1 that kubectl knows: `0644` is octal and `yes` is true there, and times and base 60 are texts. */
const kubectlTags = (tags: Tags): Tags =>
  tags.filter(tag => {
    if (typeof tag === 'string') return !NOT_IN_KUBECTL.includes(tag) && !tag.endsWith('Time');
    const name = tag.tag.split(':').at(-1) ?? '';
    return !NOT_IN_KUBECTL.includes(name) && !('format' in tag && tag.format === 'TIME');
  });

const CAUSES: Readonly<Record<string, string> & { BAD_ALIAS: string }> = {
  DUPLICATE_KEY: 'a key stands twice in one mapping',
  TAB_AS_INDENT: 'a tab is used as indentation',
  BAD_INDENT: 'the indentation does not fit',
  BAD_ALIAS: 'an alias has no anchor before it',
  MISSING_CHAR: 'a character is missing (a colon, a quote or a bracket)',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping stands where a value should (look at the indentation and the colons)',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines (look at the indentation and the colons)',
  TAG_RESOLVE_FAILED: 'a tag is not known, or does not fit its value',
};

const VERSION = 'it asks for another YAML than 1.1, which is kubectl’s';
const REMEDY = 'correct the YAML; `kubectl apply --dry-run=client -f FILE` reads it the same way';

function problemOf(error: YAMLError, lines: LineCounter): ManifestProblem {
  const cause = CAUSES[error.code] ?? `the YAML is broken (${error.code.toLowerCase()})`;
  return { line: lines.linePos(error.pos[0]).line, message: cause, remedy: REMEDY };
}

const refuse = (message: string, remedy: string): { problems: ManifestProblem[] } => ({
  problems: [{ line: undefined, message, remedy }],
});

function causeOf(error: unknown): string {
  if (!(error instanceof ReferenceError)) return 'a merge (<<) is of something that is no mapping';
  const isMissing = error.message.startsWith('Unresolved alias');
  return isMissing ? CAUSES.BAD_ALIAS : `its aliases unfold to more than ${manifestLimits.aliases} copies`;
}

function unfolded(document: Document, line: number): { value: unknown } | { problem: ManifestProblem } {
  const remedy = 'write the values out instead of using aliases and merges';
  try {
    const value: unknown = document.toJS({ maxAliasCount: manifestLimits.aliases });
    if ((JSON.stringify(value) ?? '').length <= manifestLimits.characters * 2) return { value };
    return { problem: { line, message: 'its aliases unfold to more than 2 MiB', remedy } };
  } catch (error) {
    return { problem: { line, message: causeOf(error), remedy } };
  }
}

/**
 * The documents of a YAML text as kubectl reads it (YAML 1.1 without times, sets and base 60; keys once), empty ones left out.
 * Refuses what is over `manifestLimits`. Never throws, and never quotes the text.
 */
export function readYaml(text: string): { documents: YamlDocument[] } | { problems: ManifestProblem[] } {
  if (text.length > manifestLimits.characters) return refuse('the manifest is larger than 1 MiB', 'deploy it in parts');
  if (isNestedTooDeep(text)) return refuse('the text is nested too deep', 'check that it is a manifest');
  const lines = new LineCounter();
  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    const options = { version: '1.1', customTags: kubectlTags, lineCounter: lines, prettyErrors: false } as const;
    parsed = parseAllDocuments(text, { ...options, uniqueKeys: true, stringKeys: false, logLevel: 'silent' });
  } catch {
    return refuse('the text is no YAML', REMEDY);
  }
  const documents: YamlDocument[] = [];
  const problems: ManifestProblem[] = [];
  const all = Array.isArray(parsed) ? parsed : [];
  if (all.length > manifestLimits.documents)
    return refuse(`${all.length} documents are more than ${manifestLimits.documents}`, 'deploy them in parts');
  for (const document of all) {
    const line = lines.linePos(document.contents?.range?.[0] ?? 0).line;
    // A tag that is not known only warns here; kubectl takes some of them for other values.
    const faults = [...document.errors, ...document.warnings];
    problems.push(...faults.map(fault => problemOf(fault, lines)));
    if (document.directives?.yaml.version !== '1.1') problems.push({ line, message: VERSION, remedy: REMEDY });
    if (problems.length > 0) continue;
    const read = unfolded(document, line);
    if ('problem' in read) problems.push(read.problem);
    else if (read.value !== null && read.value !== undefined) documents.push({ line, value: read.value });
  }
  return problems.length > 0 ? { problems } : { documents };
}
