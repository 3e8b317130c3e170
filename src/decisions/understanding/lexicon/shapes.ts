import type { PlaybookName } from '../../../model/task.ts';
import type { Owner } from '../model.ts';

/**
 * Words by what they mean: concept → language → phrases, separated by commas, in lower case without accents and apostrophes. A phrase
 * belongs to one concept; the longest one counts.
 */
export type Words = Readonly<Record<string, Readonly<Partial<Record<'en' | 'de' | 'es' | 'fr', string>>>>>;

/** `upgrade` is one family until it is known which of the two versions is meant. */
export type Family = Exclude<PlaybookName, 'kubernetes_upgrade' | 'talos_upgrade'> | 'upgrade';

/**
 * How a procedure is asked for. A pattern is concepts that must all be there (`a|b`: one of them); names and numbers count as concepts:
 * cluster_name, node_name, workload_name, namespace_name, version_number, number. `look` stands for any wish to see something.
 */
export interface FamilyRule {
  family: Family;
  /** True where more than looking and telling may follow: then every word must be exact and understood. */
  disrupts: boolean;
  patterns: readonly string[];
  /** Concepts that may stand beside those of the pattern without changing what is meant. */
  allows: string;
}

export interface FamilyWords {
  words: Words;
  rules: readonly FamilyRule[];
}

export interface OwnerRule {
  owner: Owner;
  patterns: readonly string[];
  reason: string;
}

/** What is never planned, whoever asks. `near`: the concepts stand in this order within so many words. */
export interface DangerRule {
  pattern: string;
  near?: number;
  /** Not a danger when one of these is named. */
  unless?: string;
  /** Also refused when it is asked about or said with a "not" (which is then part of it). */
  always?: boolean;
  /** Looked for in every text of a handoff, not only in what it asks for. */
  everywhere?: boolean;
  reason: string;
  rule: string;
}
