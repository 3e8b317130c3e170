/**
 * `npm run test:mutants [-- --only ID …] [--json]`: breaks one rule at a time, in copies of the tree, and shows which test notices.
 * Exit code 1 when a mutant survives, does not apply, or is noticed by anything but a test that ran; 2 for wrong arguments.
 */
import { parseArgs } from 'node:util';
import { type Judgement, judge, unfit } from './judge.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { type Result, table } from './table.ts';
import { project, TreeCopy } from './tree-copy.ts';
import { endAll, runTests, type TestRun } from './vitest-run.ts';

/** Mutants at once, each in a copy of its own. */
const LANES = 2;
const DEADLINE_MS = 120_000;
const WHOLE_DEADLINE_MS = 600_000;

function argumentsGiven(): { chosen: readonly Mutant[]; isJson: boolean } {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, json: { type: 'boolean' } } });
    const { only, json: isJson = false } = values;
    const unknown = only?.filter(id => !mutants.some(mutant => mutant.id === id)) ?? [];
    if (unknown.length > 0) throw new Error(`there is no mutant ${unknown.join(', ')}`);
    return { chosen: mutants.filter(({ id }) => only === undefined || only.includes(id)), isJson };
  } catch (error) {
    const known = mutants.map(({ id }) => id).join(', ');
    process.stderr.write(`${messageOf(error)}\n--only takes one of: ${known}\n`);
    process.exit(2);
  }
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The tests as they are, nothing broken. Throws an Error naming each that fails. */
async function assertWhole(tree: TreeCopy, chosen: readonly Mutant[]): Promise<TestRun> {
  const tests = [...new Set(chosen.flatMap(mutant => mutant.tests))].sort();
  const options = { tree: tree.directory, tests, workers: LANES, deadlineMs: WHOLE_DEADLINE_MS, bails: false };
  const whole = await runTests(options);
  const failed = whole.files.flatMap(({ file, problem, tests: each }) => [
    ...(problem === undefined ? [] : [`${file}: ${problem}`]),
    ...each.filter(({ status }) => status === 'failed').map(({ title, failure }) => `${file} › ${title}: ${failure}`),
  ]);
  if (failed.length > 0) throw new Error(`with nothing broken these fail:\n${failed.join('\n')}`);
  return whole;
}

async function tried(mutant: Mutant, tree: TreeCopy, whole: TestRun): Promise<Result> {
  const { id, rule, breaks, tests, title } = mutant;
  const since = performance.now();
  const judged = await judgement();
  return { ...judged, id, rule, breaks, seconds: Math.round((performance.now() - since) / 100) / 10 };

  async function judgement(): Promise<Judgement> {
    const why = unfit(mutant, whole);
    if (why !== undefined) return { verdict: 'error', why };
    try {
      const options = { tree: tree.directory, tests, title, workers: 1, deadlineMs: DEADLINE_MS, bails: true };
      return await tree.with(mutant, async () => judge(await runTests(options)));
    } catch (error) {
      return { verdict: 'error', why: messageOf(error) };
    }
  }
}

async function all(trees: readonly TreeCopy[], chosen: readonly Mutant[]): Promise<Result[]> {
  const [first] = trees;
  if (!first) return [];
  const whole = await assertWhole(first, chosen);
  tell(`nothing broken: ${whole.files.length} test files pass`);
  const results = new Map<string, Result>();
  const left = [...chosen];
  const lane = async (tree: TreeCopy): Promise<void> => {
    for (let mutant = left.shift(); mutant; mutant = left.shift()) {
      const result = await tried(mutant, tree, whole);
      results.set(mutant.id, result);
      tell(`${results.size}/${chosen.length} ${result.verdict} ${mutant.id} (${result.seconds} s)`);
    }
  };
  await Promise.all(trees.map(lane));
  return chosen.flatMap(({ id }) => results.get(id) ?? []);
}

async function main(): Promise<number> {
  const { chosen, isJson } = argumentsGiven();
  const since = performance.now();
  const trees: TreeCopy[] = [];
  const removed = async (): Promise<void> => {
    endAll();
    for (const tree of trees) await tree.remove();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void removed().finally(() => process.exit(130)));
  }
  try {
    while (trees.length < Math.min(LANES, chosen.length)) trees.push(await TreeCopy.make());
    const results = await all(trees, chosen);
    const seconds = Math.round((performance.now() - since) / 1_000);
    const lines = isJson ? results.map(result => JSON.stringify(result)) : table(results, seconds);
    process.stdout.write(`${lines.join('\n')}\n`);
    return results.every(({ verdict }) => verdict === 'caught') ? 0 : 1;
  } catch (error) {
    tell(`${project}: ${messageOf(error)}`);
    return 1;
  } finally {
    await removed();
  }
}

process.exitCode = await main();
