import type { Machine } from './machine.ts';

/** A line of Talos' event stream about one machine. */
export interface MachineEvent {
  node: string;
  actor_id?: string;
  kind: 'sequence' | 'phase' | 'task' | 'stage' | 'service' | 'error' | 'install' | 'answer' | 'down' | 'booted';
  text: string;
}

const CONSOLE_LINES_KEPT = 200;

/** Tells who watches, and writes the machine's console (dmesg). */
export class MachineEvents {
  readonly #clock: (machine: string) => number;
  readonly #listeners = new Set<(event: MachineEvent) => void>();

  /** `clock`: what a machine's own clock says. */
  constructor(clock: (machine: string) => number) {
    this.#clock = clock;
  }

  on(listener: (event: MachineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(machine: Machine, kind: MachineEvent['kind'], text: string): void {
    machine.console.push({ at_ms: this.#clock(machine.name), text });
    if (machine.console.length > CONSOLE_LINES_KEPT)
      machine.console.splice(0, machine.console.length - CONSOLE_LINES_KEPT);
    const actor = machine.sequence === undefined ? {} : { actor_id: machine.sequence.actor_id };
    for (const listener of this.#listeners) listener({ node: machine.name, kind, text, ...actor });
  }
}
