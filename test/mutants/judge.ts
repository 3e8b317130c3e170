import type { Mutant } from './mutant.ts';
import type { TestRun } from './vitest-run.ts';

/** `error`: nothing is known of the rule; it counts as much as a survivor. */
export type Judgement =
  | { verdict: 'caught'; file: string; title: string }
  | { verdict: 'survived' }
  | { verdict: 'error'; why: string };

/** Code that does not load, or that names what is not there, breaks no rule: it is broken itself. */
const BROKEN =
  /^(?:ReferenceError|SyntaxError|TypeError|Error: (?:Transform failed|Failed to (?:load|resolve)|Cannot find))/;
const LATE = /^Error: (?:Test|Hook) timed out/;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);

/** What a run of a mutant's tests says about it: caught is what a test that ran found to be otherwise. */
export function judge(run: TestRun): Judgement {
  const problem = run.files.find(file => file.problem !== undefined);
  if (problem) return { verdict: 'error', why: `${problem.file} did not run: ${oneLine(problem.problem ?? '')}` };
  const failed = run.files.flatMap(({ file, tests }) =>
    tests.filter(({ status }) => status === 'failed').map(test => ({ file, ...test })),
  );
  const [first] = failed;
  if (!first) {
    const isAnyRun = run.files.some(({ tests }) => tests.some(({ status }) => status === 'passed'));
    return isAnyRun ? { verdict: 'survived' } : { verdict: 'error', why: `no test ran: ${oneLine(run.output)}` };
  }
  const noticed = failed.find(({ failure }) => !BROKEN.test(failure) && !LATE.test(failure));
  if (noticed) return { verdict: 'caught', file: noticed.file, title: noticed.title };
  return { verdict: 'error', why: `${first.title} failed, but for no rule’s sake: ${oneLine(first.failure)}` };
}

/** Why the tests that a mutant names prove nothing about it when nothing is broken; undefined when they do. */
export function unfit({ tests, title }: Mutant, whole: TestRun): string | undefined {
  const named = whole.files.filter(({ file }) => tests.includes(file));
  const absent = tests.find(test => !named.some(({ file }) => file === test));
  if (absent !== undefined) return `${absent} is no test file of the project parts`;
  const meant = named.flatMap(file => file.tests).filter(test => new RegExp(title ?? '').test(test.title));
  return meant.some(({ status }) => status === 'passed') ? undefined : `no test has a title like ${title}`;
}
