import { byCodePoint } from '../verdict.ts';

/** Where a cause lies (R241, seed line 500, and what is neither network, hardware nor configuration). */
export type CauseArea = 'network' | 'hardware' | 'config' | 'capacity' | 'software' | 'unknown';

const AREAS: Readonly<Record<string, CauseArea>> = {
  network_unavailable: 'network',
  network_link: 'network',
  machine_unreachable: 'hardware',
  disk_failure: 'hardware',
  hardware_failure: 'hardware',
  image_pull: 'config',
  missing_configuration: 'config',
  command_fails: 'config',
  probe_fails: 'config',
  admission_denied: 'config',
  volume_attach: 'config',
  out_of_memory: 'capacity',
  quota_exceeded: 'capacity',
  unschedulable: 'capacity',
  evicted: 'capacity',
  preempted: 'capacity',
  memory_pressure: 'capacity',
  disk_pressure: 'capacity',
  pid_pressure: 'capacity',
  resource_pressure: 'capacity',
  crash_loop: 'software',
  exits_normally: 'software',
  kubelet_stopped: 'software',
  service_down: 'software',
  runtime_down: 'software',
};

/** A likely cause. `message`, `subject` and `remedy` are our words and Kubernetes names; `evidence` is what was read, foreign. */
export interface Cause {
  cause: string;
  area: CauseArea;
  /** How sure: said by Kubernetes itself, follows from what was read, or may be. */
  certainty: 'certain' | 'likely' | 'possible';
  subject: string;
  message: string;
  evidence: readonly string[];
  rule: string;
  remedy: string;
}

/** A cause as a rule finds it. */
export interface CauseFound extends Omit<Cause, 'certainty' | 'area'> {
  /** 0 to 100: from 90 it is certain, from 50 likely. */
  weight: number;
  /** Pods it explains. */
  affected: number;
}

const CAUSES_MAX = 3;
const EVIDENCE_MAX = 3;

export const UNKNOWN: Cause = {
  cause: 'unknown',
  area: 'unknown',
  certainty: 'possible',
  subject: '',
  message: 'nothing that was read explains it',
  evidence: [],
  rule: 'ARCHITECTURE: unknown is said, never guessed',
  remedy: 'look at the events and logs below; read what could not be read.',
};

/** The likeliest first: by weight, then by how much it explains, then by name. The same cause of several pods is one. */
export function ranked(found: readonly CauseFound[]): Cause[] {
  const causes = new Map<string, CauseFound>();
  for (const each of found) {
    const key = `${each.cause} ${each.message}`;
    const known = causes.get(key);
    causes.set(key, known === undefined ? each : together(known, each));
  }
  return [...causes.values()]
    .sort(
      (one, other) =>
        other.weight - one.weight ||
        other.affected - one.affected ||
        byCodePoint(one.cause, other.cause) ||
        byCodePoint(one.message, other.message),
    )
    .slice(0, CAUSES_MAX)
    .map(({ weight, affected: _affected, ...cause }) => ({
      ...cause,
      area: AREAS[cause.cause] ?? 'unknown',
      certainty: weight >= 90 ? 'certain' : weight >= 50 ? 'likely' : 'possible',
    }));
}

const together = (one: CauseFound, other: CauseFound): CauseFound => ({
  ...one,
  weight: Math.max(one.weight, other.weight),
  affected: one.affected + other.affected,
  evidence: [...new Set([...one.evidence, ...other.evidence])].slice(0, EVIDENCE_MAX),
});

const NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,252}$/;

/** A name as Kubernetes allows it; anything else that stands in its place is foreign text and not repeated. */
export const nameShown = (name: string): string => (NAME.test(name) ? name : '(a name that is none)');
