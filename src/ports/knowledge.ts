import type {
  EntryFile,
  KnowledgeEntry,
  KnowledgeFile,
  KnowledgeProblem,
  KnownPattern,
  OperationLesson,
  RecordedLesson,
} from '../model/knowledge.ts';

/**
 * The division's knowledge base (seed lines 603-614). Any process of the division may write: one at a time, whole files. What
 * others wrote stays, also what we can't read: that is put aside with the reason before a file is written anew. [INTERNAL when the
 * disk refuses, DIRECTORY_LOCKED when another process does not stop writing]
 */
export interface Knowledge {
  /** Makes the files that are not there. */
  init(): Promise<void>;
  /** All that can be searched: patterns, past incidents, deployments, Talos operations. */
  patterns(): Promise<{ patterns: readonly KnownPattern[]; problems: readonly KnowledgeProblem[] }>;
  /** One file's entries as they stand there, oldest first. */
  file(file: KnowledgeFile): Promise<{ entries: readonly unknown[]; problems: readonly KnowledgeProblem[] }>;
  /** Counts an ended operation, once; one that ended again, otherwise, replaces its earlier end. False: it was counted so already. */
  learn(lesson: OperationLesson): Promise<boolean>;
  /** The same name or id again is the same pattern. [INPUT_INVALID] */
  record(lesson: RecordedLesson): Promise<{ patternId: string; isNew: boolean }>;
  /** Keeps an entry; false: one with its `entry_id` is there, and stays. */
  keep(file: EntryFile, entry: KnowledgeEntry): Promise<boolean>;
}
