import { DivisionError, type ErrorCode } from '../errors.ts';
import type { TalosErrorClass } from '../model/talos.ts';
import { redact } from '../redaction/redact.ts';

/** A message longer than this is cut: it reaches models and records. */
const MESSAGE_CHARACTERS = 600;

const CODE_AND_REMEDY: Record<TalosErrorClass, readonly [ErrorCode, string]> = {
  unreachable: [
    'CONTRACTOR_UNAVAILABLE',
    'check that the node and its endpoints are up and that port 50000 is reachable',
  ],
  timeout: ['TIMEOUT', 'try again; if it stays, look at the node and at the endpoints'],
  tls: ['CONTRACTOR_FAILED', 'check the certificates of the talosconfig, its CA and the clocks'],
  authorization: ['CONTRACTOR_FAILED', 'use a talosconfig whose role allows this call'],
  wrong_endpoint: ['CONTRACTOR_FAILED', 'name control plane nodes as endpoints, never a worker or a virtual address'],
  client_config: ['CONTRACTOR_FAILED', 'correct the talosconfig, TALOSCONFIG or the context name'],
  talosctl_missing: ['CONTRACTOR_UNAVAILABLE', 'install talosctl on the PATH, or set TALOSCTL to its absolute path'],
  invalid_argument: ['INPUT_INVALID', 'correct the arguments and call again'],
  precondition: ['CONTRACTOR_FAILED', 'look at the node again and plan anew'],
  busy: ['CONTRACTOR_FAILED', 'wait until the work under way on the node has ended'],
  quorum_lost: ['QUORUM_AT_RISK', 'restore the quorum of etcd before anything else'],
  not_found: ['NOT_FOUND', 'check the name'],
  unsupported: ['CAPABILITY_MISSING', 'use a talosctl and a Talos version that offer this call'],
  image: ['CONTRACTOR_FAILED', 'check that the image exists and that the node can pull it'],
  version: ['VERSION_SKEW', 'follow the upgrade path of Talos, one minor at a time'],
  unintelligible: ['CONTRACTOR_UNINTELLIGIBLE', 'check which program answers as talosctl, and its version'],
  failed: ['CONTRACTOR_FAILED', 'read the message and look at the node'],
};

interface TalosctlErrorOptions {
  remedy?: string;
  cause?: unknown;
}

/** A failed talosctl call, classed; its message is redacted and at most 600 characters. */
export class TalosctlError extends DivisionError {
  readonly errorClass: TalosErrorClass;

  constructor(errorClass: TalosErrorClass, message: string, options: TalosctlErrorOptions = {}) {
    const [code, remedy] = CODE_AND_REMEDY[errorClass];
    super(code, presentable(message), options.remedy ?? remedy, { cause: options.cause });
    this.errorClass = errorClass;
  }
}

/** Foreign text as it may be shown: redacted first, so that no cut leaves half a secret, then one line, then capped. */
export function presentable(text: string, characters: number = MESSAGE_CHARACTERS): string {
  const line = redact(text).replace(/\s+/g, ' ').trim();
  return line.length <= characters ? line : `${line.slice(0, characters - 1)}…`;
}

/** The end of foreign text, redacted, at most `characters`; lines are kept. */
export function presentableTail(text: string, characters: number = MESSAGE_CHARACTERS): string {
  const clean = redact(text).trim();
  return clean.length <= characters ? clean : `…${clean.slice(1 - characters)}`;
}

/** Throws: talosctl said something that no reader of ours knows, which is never taken for health. */
export function unintelligible(what: string, text: string): never {
  throw new TalosctlError(
    'unintelligible',
    `${what} was not understood: ${text.trim() === '' ? '(empty)' : text.slice(0, 400)}`,
  );
}
