/** A run whose process is killed from outside: it says no more and has no exit code. */
export class ToolKilled extends Error {
  readonly signal = 'SIGKILL';
}
