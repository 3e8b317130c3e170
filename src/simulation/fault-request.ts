import { BadRequest } from './bad-request.ts';
import type { Fault, FaultKind } from './fault-kinds.ts';
import { API_FAULTS, MACHINE_FAULTS, POD_FAULTS } from './fault-kinds.ts';

const KINDS: readonly string[] = [...MACHINE_FAULTS, ...API_FAULTS, ...POD_FAULTS];

/** Conditions rather than strikes: without a count they last until they are deleted. */
const LASTING: readonly FaultKind[] = [
  'etcd_member_unhealthy',
  'etcd_nospace',
  'wrong_identity',
  'pod_stuck_terminating',
  'api_slow',
];

const TEXTS = ['node', 'namespace', 'pod', 'resource', 'verb', 'as_node', 'as_cluster'] as const;
const NUMBERS = ['status', 'retry_after_seconds', 'delay_ms'] as const;
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
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new BadRequest(`"${field}" is no number >= 0`, 'send a number');
    }
    fault[field] = value;
  }
  if (kind === 'wrong_identity' && (fault.node === undefined || fault.as_node === undefined)) {
    throw new BadRequest(
      'wrong_identity needs "node" and "as_node"',
      'name the machine asked and the one that answers',
    );
  }
  if ((kind === 'etcd_member_unhealthy' || kind === 'etcd_nospace' || kind === 'foreign_cordon') && !fault.node) {
    throw new BadRequest(`${kind} needs "node"`, 'name the node');
  }
  return fault;
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
