/** Ends the executor of a procedure at random port calls, before them or after them, one life after another. */
import fc from 'fast-check';
import type { FleetOptions } from '../crash/in-process/fleet.ts';
import { procedureShortcomings } from '../crash/in-process/judge-procedure.ts';
import type { Stop } from '../crash/in-process/life.ts';
import {
  type PreparedProcedure,
  type ProcedureRun,
  preparedProcedure,
  runProcedure,
} from '../crash/in-process/procedure-division.ts';

interface Swept {
  prepared: PreparedProcedure;
  /** Undisturbed. */
  whole: ProcedureRun;
  runs: number;
  wrong: readonly string[];
}

/** Of each procedure. The same seed ends at the same calls. */
const RUNS = 60;

/** Where in a life that may call `calls` times it ends; nearly as often late as early, as a later life has less to do. */
const stopIn = (calls: number): fc.Arbitrary<Stop> =>
  fc.record({
    call: fc.integer({ min: 1, max: calls }),
    when: fc.constantFrom('before', 'after'),
    isPowerCut: fc.boolean(),
  });

/** Up to three lives are ended. `judge`: what is wrong beside what is wrong with any procedure. */
export async function killedAnywhere(
  task: unknown,
  judge: (run: ProcedureRun) => readonly string[],
  { fleet, seed = 6 }: { fleet?: FleetOptions['fleet']; seed?: number } = {},
): Promise<Swept> {
  const prepared = await preparedProcedure(task, { ...(fleet && { fleet }) });
  const whole = await runProcedure(prepared);
  const calls = whole.lives[0]?.calls.length ?? 0;
  const stops = fc.tuple(stopIn(calls), fc.array(stopIn(calls), { maxLength: 2 }));
  const wrong = [...procedureShortcomings(whole), ...judge(whole)].map(what => `undisturbed: ${what}`);
  const chosen = fc.sample(stops, { numRuns: RUNS, seed });
  for (const [first, others] of chosen) {
    const stopAt = [first, ...others];
    try {
      const run = await runProcedure(prepared, { stopAt });
      wrong.push(...[...procedureShortcomings(run), ...judge(run)].map(what => `${JSON.stringify(stopAt)}: ${what}`));
    } catch (error) {
      wrong.push(`${JSON.stringify(stopAt)}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  return { prepared, whole, runs: chosen.length, wrong };
}
