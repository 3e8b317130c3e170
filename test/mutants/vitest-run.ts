import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
});

interface TestFile {
  /** Relative to the tree. */
  file: string;
  /** Why it could not be loaded, or what failed outside of its tests. */
  problem: string | undefined;
  tests: { title: string; status: string; failure: string }[];
}

export interface TestRun {
  files: TestFile[];
  /** What vitest wrote, for when it made no report. */
  output: string;
}

/** Processes of this run, each the leader of its group: what is left of them is ended when the run ends early. */
const groups = new Set<number>();

export function endAll(): void {
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

interface RunOptions {
  tree: string;
  tests: readonly string[];
  title?: string | undefined;
  workers: number;
  deadlineMs: number;
  /** True: ends at the first failure. */
  bails: boolean;
}

/** Runs these test files of the project `parts` in a tree. Throws when it does not come to an end or leaves no report. */
export async function runTests(options: RunOptions): Promise<TestRun> {
  const { tree, tests, title, workers, bails } = options;
  const report = join(tree, `report-${randomUUID()}.json`);
  const argv = [
    join(tree, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    ...tests.map(test => join(tree, test)),
    `--root=${tree}`,
    '--project=parts',
    `--maxWorkers=${workers}`,
    '--no-coverage',
    '--reporter=json',
    `--outputFile=${report}`,
    ...(bails ? ['--bail', '1'] : []),
    ...(title === undefined ? [] : ['-t', title]),
  ];
  const output = await finished(argv, options);
  const text = await readFile(report, 'utf8').catch(() => undefined);
  await rm(report, { force: true });
  if (text === undefined) throw new Error(`vitest left no report: ${output.slice(-400)}`);
  const { testResults } = Report.parse(JSON.parse(text));
  const files = testResults.map(({ name, status, message, assertionResults }) => ({
    file: relative(tree, name),
    problem: status === 'failed' && !assertionResults.some(each => each.status === 'failed') ? message : undefined,
    tests: assertionResults.map(each => ({
      title: each.fullName,
      status: each.status,
      failure: each.failureMessages.join('\n'),
    })),
  }));
  return { files, output };
}

function finished(argv: readonly string[], { tree, deadlineMs }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1' };
    const child = spawn(process.execPath, argv, { cwd: tree, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid !== undefined) groups.add(pid);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk.toString('utf8')}`.slice(-8_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    }, deadlineMs);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(deadline);
      if (pid !== undefined) groups.delete(pid);
      if (isLate) reject(new Error(`no end after ${deadlineMs / 1_000} s: ${output.slice(-400)}`));
      else resolve(output);
    });
  });
}
