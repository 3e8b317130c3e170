import { strikeProcess } from '../process-kills.ts';
import type { Run, Target } from './run.ts';

/** Carried out, a command keeps its answer back this long until there is somebody to kill. */
const PATIENCE_MS = 15_000;

/** The fault process_killed, around a command that changes a machine. One that was killed before it does not end the command. */
export async function strikeRun(run: Run, when: 'before' | 'after', { cluster, machine }: Target): Promise<void> {
  if (run.command.changes !== true) return;
  const { path } = run.command;
  const scope = { node: machine.name, verb: 'talosctl', resource: path };
  const deadline = Date.now() + PATIENCE_MS;
  const isPatient = (): boolean => when === 'after' && !run.signal.aborted && Date.now() < deadline;
  await strikeProcess(cluster, when, { identity: `talosctl ${path} ${machine.name}`, scope }, isPatient);
}
