/** Ends the executor of a procedure at random port calls, before them or after them, one life after another. */
import fc from 'fast-check';
import { procedureShortcomings } from '../crash/in-process/judge-procedure.ts';
import type { Stop } from '../crash/in-process/life.ts';
import {
  type PreparedProcedure,
  type PrepareOptions,
  type ProcedureOptions,
  type ProcedureRun,
  preparedProcedure,
  runProcedure,
} from '../crash/in-process/procedure-division.ts';

interface Swept {
  /** Undisturbed. */
  whole: ProcedureRun;
  runs: number;
  /** Executors that were ended. */
  deaths: number;
  wrong: readonly string[];
}

/** Where in a life that may call `calls` times it ends; nearly as often late as early, as a later life has less to do. */
const stopIn = (calls: number): fc.Arbitrary<Stop> =>
  fc.record({
    call: fc.integer({ min: 1, max: calls }),
    when: fc.constantFrom('before', 'after'),
    isPowerCut: fc.boolean(),
  });

export interface SweepOptions {
  prepare?: PrepareOptions;
  run?: Omit<ProcedureOptions, 'stopAt'>;
  /** How many sets of stops are drawn. */
  runs: number;
  /** The same seed ends at the same calls. */
  seed?: number;
}

/** Up to three lives are ended. `judge`: what is wrong beside what is wrong with any procedure. */
export async function killedAnywhere(
  task: unknown,
  judge: (run: ProcedureRun) => readonly string[],
  { prepare, run: options, runs, seed = 6 }: SweepOptions,
): Promise<Swept> {
  const prepared = await preparedProcedure(task, prepare);
  const whole = await runProcedure(prepared, options);
  const calls = whole.lives[0]?.calls.length ?? 0;
  const stops = fc.tuple(stopIn(calls), fc.array(stopIn(calls), { maxLength: 2 }));
  const chosen = fc.sample(stops, { numRuns: runs, seed }).map(([first, others]) => [first, ...others]);
  return sweptWith(prepared, whole, judge, { options, chosen });
}

const AT_A_WRITE: Stop = { call: 1, name: 'division.append', when: 'after', isPowerCut: false };

/** One life after another is ended right after its first write to the journal, until there is nothing left to write. */
export async function killedAtEachWrite(task: unknown, judge: (run: ProcedureRun) => readonly string[]) {
  const prepared = await preparedProcedure(task);
  const whole = await runProcedure(prepared);
  const writes = whole.journal.length;
  const swept = await sweptWith(prepared, whole, judge, { options: {}, chosen: [Array(writes).fill(AT_A_WRITE)] });
  return { ...swept, writes };
}

async function sweptWith(
  prepared: PreparedProcedure,
  whole: ProcedureRun,
  judge: (run: ProcedureRun) => readonly string[],
  { options, chosen }: { options: SweepOptions['run']; chosen: readonly Stop[][] },
): Promise<Swept> {
  const wrong = [...procedureShortcomings(whole), ...judge(whole)].map(what => `undisturbed: ${what}`);
  let deaths = 0;
  for (const stopAt of chosen) {
    try {
      const run = await runProcedure(prepared, { ...options, stopAt });
      deaths += run.lives.filter(({ isDead }) => isDead).length;
      wrong.push(...[...procedureShortcomings(run), ...judge(run)].map(what => `${JSON.stringify(stopAt)}: ${what}`));
    } catch (error) {
      wrong.push(`${JSON.stringify(stopAt)}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  return { whole, runs: chosen.length, deaths, wrong };
}
