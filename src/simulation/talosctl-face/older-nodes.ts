import { isAtLeast } from '../world/talos-release.ts';
import type { Run, Target } from './run.ts';

/** The warning of commands that compare releases first: nodes older than this talosctl (contractors.md 3.5). */
export function warnOfOlder({ client, sink }: Run, targets: readonly Target[]): void {
  const older = targets.filter(({ machine }) => !isAtLeast(machine.running.version, client));
  if (older.length === 0) return;
  const said = older.map(
    ({ address, machine }) =>
      `${address}: server version ${machine.running.version.slice(1)} is older than client version ${client.slice(1)}`,
  );
  sink.err(`WARNING: ${said.join(', ')}\n`);
}
