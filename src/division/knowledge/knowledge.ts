import { join } from 'node:path';
import { thinSamples } from '../../decisions/capacity/thin-samples.ts';
import { isFields, knownPattern, patternIdOf, withLesson, withOperation } from '../../decisions/knowledge.ts';
import { DivisionError } from '../../errors.ts';
import { pidExists } from '../../host/process-identity.ts';
import {
  type EntryFile,
  type KnowledgeEntry,
  type KnowledgeFile,
  type KnowledgeProblem,
  type KnownPattern,
  knowledgeFiles,
  type OperationLesson,
  Pattern,
  type RecordedLesson,
} from '../../model/knowledge.ts';
import type { Knowledge } from '../../ports/knowledge.ts';
import type { Log } from '../../ports.ts';
import { redactValue } from '../../redaction/redact.ts';
import { sweepTemporaries } from '../atomic-file.ts';
import { diskFileSystem, type FileSystem } from '../file-system.ts';
import { createOnce } from '../handoffs/create-once.ts';
import { layoutOf } from '../layout.ts';
import {
  emptyKnowledge,
  KNOWLEDGE_BYTES_MAX,
  type KnowledgeText,
  readKnowledge,
  writeEntries,
  writePatterns,
} from './knowledge-file.ts';
import { setAside } from './set-aside.ts';
import { inTurn } from './writing-turn.ts';

interface Options {
  log: Log;
  /** The disk; the real one when absent. */
  fileSystem?: FileSystem;
}

const PATTERNS_MAX = 1000;
/** Of each file but the samples of capacity the newest stay. */
const ENTRIES_MAX = 500;
/** Capacity samples are figures: nobody finds anything in them by words. */
const searched = knowledgeFiles.filter(file => file !== 'capacity-planning.json');

/** Opens the knowledge base of a division directory; nothing is made before something is written. */
export function openKnowledge(divisionDirectory: string, options: Options): Knowledge {
  return new KnowledgeBase(layoutOf(divisionDirectory).knowledge, options);
}

class KnowledgeBase implements Knowledge {
  readonly #folder: string;
  readonly #log: Log;
  readonly #fs: FileSystem;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(folder: string, { log, fileSystem }: Options) {
    this.#folder = folder;
    this.#log = log;
    this.#fs = fileSystem ?? diskFileSystem;
  }

  async init(): Promise<void> {
    for (const file of knowledgeFiles) await createOnce(this.#fs, join(this.#folder, file), emptyKnowledge(file));
  }

  async patterns(): Promise<{ patterns: readonly KnownPattern[]; problems: readonly KnowledgeProblem[] }> {
    const readings = await Promise.all(searched.map(async file => ({ file, ...(await this.#read(file)) })));
    return {
      patterns: readings.flatMap(({ file, entries }) => knownOf(file, entries)),
      problems: readings.flatMap(({ problems }) => problems),
    };
  }

  async file(file: KnowledgeFile): Promise<{ entries: readonly unknown[]; problems: readonly KnowledgeProblem[] }> {
    const { entries, problems } = await this.#read(file);
    return { entries, problems };
  }

  learn(lesson: OperationLesson): Promise<boolean> {
    return this.#changePatterns(entries => {
      const at = lastIndexOfPattern(entries, lesson.patternId);
      const pattern = withOperation(fieldsAt(entries, at), withoutSecrets(lesson));
      return { entries: pattern === undefined ? undefined : put(entries, at, pattern), result: pattern !== undefined };
    });
  }

  record(lesson: RecordedLesson): Promise<{ patternId: string; isNew: boolean }> {
    const patternId = lesson.patternId ?? patternIdOf(lesson.name);
    return this.#changePatterns(entries => {
      const at = lastIndexOfPattern(entries, patternId);
      const pattern = withLesson(fieldsAt(entries, at), { ...withoutSecrets(lesson), patternId });
      return { entries: put(entries, at, pattern), result: { patternId, isNew: at < 0 } };
    });
  }

  async keep(file: EntryFile, entry: KnowledgeEntry): Promise<boolean> {
    const isThere = ({ entries }: KnowledgeText): boolean =>
      entries.some(known => isFields(known) && known.entry_id === entry.entry_id);
    // An entry once there stays: most askers need no turn to learn that.
    if (isThere(await this.#read(file))) return false;
    return this.#alone(async assertHeld => {
      const known = await this.#read(file);
      if (isThere(known)) return false;
      const all = [...known.entries, redactValue(entry)];
      const entries = file === 'capacity-planning.json' ? thinSamples(all) : all.slice(-ENTRIES_MAX);
      await this.#setAsideDamaged(file, known);
      await assertHeld();
      await writeEntries(this.#fs, this.#folder, file, { others: known.others, entries });
      return true;
    });
  }

  #read(file: KnowledgeFile): Promise<KnowledgeText> {
    return readKnowledge(this.#fs, this.#folder, file);
  }

  #changePatterns<Result>(
    change: (entries: readonly unknown[]) => { entries: readonly unknown[] | undefined; result: Result },
  ): Promise<Result> {
    const file = 'cluster-patterns.jsonl';
    return this.#alone(async assertHeld => {
      const known = await this.#read(file);
      const { entries, result } = change(known.entries);
      if (entries === undefined) return result;
      await this.#setAsideDamaged(file, known);
      await assertHeld();
      await writePatterns(this.#fs, this.#folder, bounded(entries));
      return result;
    });
  }

  /** What can't be read is kept beside the file before the file is written without it. */
  async #setAsideDamaged(file: KnowledgeFile, { bytes, problems }: KnowledgeText): Promise<void> {
    if (problems.length === 0) return;
    if (bytes !== undefined && bytes.length > KNOWLEDGE_BYTES_MAX) throw tooLarge(join(this.#folder, file));
    const reasons = problems.map(({ line, reason }) => (line === undefined ? reason : `line ${line} ${reason}`));
    const place = await setAside(this.#fs, this.#folder, file, reasons);
    this.#log.warn('knowledge.set_aside', { file, place, problems: reasons.slice(0, 20) });
  }

  /** One change after the other in this process, and one process at a time. */
  #alone<Value>(work: (assertHeld: () => Promise<void>) => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(() =>
      inTurn(this.#fs, this.#folder, async assertHeld => {
        await sweepTemporaries(this.#fs, this.#folder, pid => !pidExists(pid));
        return work(assertHeld);
      }),
    );
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

const tooLarge = (path: string): DivisionError =>
  new DivisionError('RECORD_CORRUPT', `${path}: is larger than we read`, `Move ${path} away; a new one is begun.`);

function knownOf(file: KnowledgeFile, entries: readonly unknown[]): KnownPattern[] {
  const known = entries.flatMap(entry => (isFields(entry) ? (knownPattern(entry, file) ?? []) : []));
  // Of several with one id the last was written last.
  return [...new Map(known.map(pattern => [pattern.patternId, pattern])).values()];
}

const lastIndexOfPattern = (entries: readonly unknown[], patternId: string): number =>
  entries.findLastIndex(entry => isFields(entry) && entry.pattern_id === patternId);

function fieldsAt(entries: readonly unknown[], index: number): Record<string, unknown> | undefined {
  const entry = entries[index];
  return isFields(entry) ? entry : undefined;
}

/** Strict: what does not fit its own schema is never written. */
function put(entries: readonly unknown[], index: number, given: Pattern): unknown[] {
  const pattern = Pattern.parse(given);
  return index < 0 ? [...entries, pattern] : entries.map((entry, at) => (at === index ? pattern : entry));
}

/** Those of ours that were not touched for longest go first; others' stay. */
function bounded(entries: readonly unknown[]): readonly unknown[] {
  const excess = entries.length - PATTERNS_MAX;
  if (excess <= 0) return entries;
  const updatedAt = (entry: unknown): string | undefined => {
    const known = isFields(entry) && 'kept_by' in entry ? entry.updated_at : undefined;
    return typeof known === 'string' ? known : undefined;
  };
  const oldest = entries
    .flatMap((entry, index) => ({ index, at: updatedAt(entry) }))
    .filter(({ at }) => at !== undefined)
    .sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : 1))
    .slice(0, excess);
  const dropped = new Set(oldest.map(({ index }) => index));
  return entries.filter((_, index) => !dropped.has(index));
}

/** Every text of a lesson without secrets; its shape stays. */
function withoutSecrets<Lesson extends object>(lesson: Lesson): Lesson {
  return redactValue(lesson) as Lesson;
}
