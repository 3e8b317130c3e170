import { BadRequest } from './bad-request.ts';
import type { Fault, FaultKind } from './fault-kinds.ts';
import { API_FAULTS, MACHINE_FAULTS, POD_FAULTS, PROCESS_FAULTS } from './fault-kinds.ts';

const KINDS: readonly string[] = [...MACHINE_FAULTS, ...API_FAULTS, ...POD_FAULTS, ...PROCESS_FAULTS];

/** Conditions rather than strikes: without a count they last until they are deleted. */
const LASTING: readonly FaultKind[] = [
  'another_upgrader',
  'api_half_open',
  'api_slow',
  'api_stale_watch',
  'budget_blocked',
  'budget_second',
  'clock_skew',
  'etcd_learner',
  'etcd_member_unhealthy',
  'etcd_no_leader',
  'etcd_nospace',
  'evict_denied',
  'pod_crash_loop',
  'pod_stuck_terminating',
  'process_killed',
  'volume_stuck',
  'wrong_identity',
];

/** Without these a fault of the kind could not be carried out. */
const NEEDED: Partial<Record<FaultKind, readonly (keyof Fault)[]>> = {
  budget_blocked: ['namespace', 'budget'],
  budget_second: ['namespace', 'budget'],
  clock_skew: ['node', 'skew_ms'],
  etcd_learner: ['node'],
  etcd_member_unhealthy: ['node'],
  etcd_nospace: ['node'],
  foreign_cordon: ['node'],
  pod_crash_loop: ['namespace', 'pod'],
  wrong_identity: ['node', 'as_node'],
};

const TEXTS = [
  'node',
  'namespace',
  'pod',
  'budget',
  'resource',
  'verb',
  'holder',
  'as_node',
  'as_cluster',
  'pid_file',
  'descendant',
  'when',
] as const;
const NUMBERS = ['status', 'retry_after_seconds', 'delay_ms', 'skew_ms', 'pid'] as const;
const SIGNED: readonly string[] = ['skew_ms'];
const KNOWN = new Set<string>(['cluster', 'kind', 'count', ...TEXTS, ...NUMBERS]);

const isFaultKind = (kind: unknown): kind is FaultKind => typeof kind === 'string' && KINDS.includes(kind);

/** Reads a request to arm a fault; throws BadRequest. */
export function readFaultRequest(request: Record<string, unknown>): Omit<Fault, 'id' | 'cluster'> {
  const { kind } = request;
  if (!isFaultKind(kind)) {
    throw new BadRequest(`unknown fault kind ${JSON.stringify(kind)}`, `use one of: ${KINDS.join(', ')}`);
  }
  for (const field of Object.keys(request)) {
    if (!KNOWN.has(field)) throw new BadRequest(`unknown field "${field}"`, `fields: ${[...KNOWN].join(', ')}`);
  }
  const fault: Omit<Fault, 'id' | 'cluster'> = { kind, count: readCount(request.count, kind) };
  for (const field of TEXTS) {
    const value = request[field];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '') throw new BadRequest(`"${field}" is no text`, 'send a string');
    fault[field] = value;
  }
  for (const field of NUMBERS) {
    const value = request[field];
    if (value !== undefined) fault[field] = readNumber(field, value);
  }
  const needed = NEEDED[kind] ?? [];
  if (needed.some(field => fault[field as keyof typeof fault] === undefined)) {
    const names = needed.map(field => `"${field}"`).join(' and ');
    throw new BadRequest(`${kind} needs ${names}`, `send ${names}`);
  }
  if (kind === 'process_killed') checkVictim(fault);
  return fault;
}

function checkVictim({ pid, pid_file: file, when }: Omit<Fault, 'id' | 'cluster'>): void {
  if ((pid === undefined) === (file === undefined) || (pid !== undefined && !(Number.isInteger(pid) && pid > 1))) {
    throw new BadRequest(
      'process_killed needs one of "pid" and "pid_file"',
      'send {"pid": 1234} or {"pid_file": "/run/it.pid"}',
    );
  }
  if (when !== undefined && when !== 'before' && when !== 'after') {
    throw new BadRequest(`"when" ${JSON.stringify(when)}`, 'send "before", "after" or nothing for both');
  }
}

function readNumber(field: string, value: unknown): number {
  const isFit = typeof value === 'number' && Number.isFinite(value) && (value >= 0 || SIGNED.includes(field));
  if (isFit) return value;
  throw new BadRequest(`"${field}" is no number${SIGNED.includes(field) ? '' : ' >= 0'}`, 'send a number');
}

function readCount(count: unknown, kind: FaultKind): number | null {
  if (count === undefined) return LASTING.includes(kind) ? null : 1;
  if (count === null) return null;
  if (typeof count === 'number' && Number.isInteger(count) && count > 0) return count;
  throw new BadRequest(
    `"count" ${JSON.stringify(count)} is no positive integer`,
    'send 1, 2, … or null for "until deleted"',
  );
}

/** Minutes of cluster time after which a request wants its fault armed (0 when it says nothing), and the rest of it. */
export function readPlan(request: Record<string, unknown>): { minutes: number; fault: Record<string, unknown> } {
  const { at_minutes: minutes = 0, ...fault } = request;
  if (typeof minutes !== 'number' || !Number.isFinite(minutes) || minutes < 0) {
    throw new BadRequest(`"at_minutes" ${JSON.stringify(minutes)} is no number >= 0`, 'send minutes of cluster time');
  }
  return { minutes, fault };
}
