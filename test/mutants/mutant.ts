/** What one mutant is: a rule broken on purpose, and the tests that have to notice. */
export interface Mutant {
  /** Unique; `--only` takes it. */
  id: string;
  /** `SAFETY n` as SAFETY.md has it, `authority` or `untrusted`. */
  rule: string;
  /** What the product does wrong with this change. */
  breaks: string;
  /** Relative to the project. */
  file: string;
  /** Stands in the file exactly once. */
  text: string;
  /** Stands there instead: TypeScript that loads and runs. */
  replacement: string;
  /** Test files of the project `parts`, of which one has to fail. */
  tests: readonly string[];
  /** Only tests whose full title matches are run (vitest's -t). */
  title?: string;
}

/** All but what tells them apart from each other, for the mutants of one rule. */
export const mutantsOf = (rule: string, mutants: readonly Omit<Mutant, 'rule'>[]): Mutant[] =>
  mutants.map(mutant => ({ rule, ...mutant }));

/** The file's text with the rule broken. Throws an Error that says why the mutant does not apply. */
export function mutated(mutant: Pick<Mutant, 'id' | 'file' | 'text' | 'replacement'>, source: string): string {
  const [before, after, ...others] = source.split(mutant.text);
  if (mutant.text === mutant.replacement) throw new Error(`${mutant.id}: the replacement is the text itself`);
  if (before === undefined || after === undefined || others.length > 0) {
    const times = others.length > 0 ? `${others.length + 1} times` : 'not';
    throw new Error(`${mutant.id}: its text is ${times} in ${mutant.file}, it has to be there once`);
  }
  return `${before}${mutant.replacement}${after}`;
}
