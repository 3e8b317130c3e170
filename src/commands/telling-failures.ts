import { DivisionError } from '../errors.ts';

/** Runs a command; a DivisionError of its is told on stderr with its remedy and becomes the exit code. Other errors are thrown. */
export async function tellingFailures(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    process.stderr.write(`containers-gm: ${error.message}\n  ${error.code}: ${error.remedy}\n`);
    process.exitCode = error.exitCode;
  }
}
