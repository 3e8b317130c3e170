/**
 * How a call failed below the contractor's own answer. What it means depends on the call: `lost`, `deadline`,
 * `aborted` and `protocol` leave a mutating call's outcome unknown (SAFETY 3); `unsent`, `cancelled` and `rejected` never do.
 */
export type CallFaultKind =
  /** The process could not be started, or died before the request was written. */
  | 'unsent'
  /** The connection ended while the answer was awaited. */
  | 'lost'
  | 'deadline'
  /** The caller's signal, before anything was sent. */
  | 'cancelled'
  /** The caller's signal, after it was sent. */
  | 'aborted'
  /** A JSON-RPC error that says the request was not carried out: no such tool, bad arguments. */
  | 'rejected'
  /** Any other JSON-RPC error or malformed result. */
  | 'protocol';

/** `message` may hold foreign text only after redaction and inside its fence. */
export class CallFault extends Error {
  readonly kind: CallFaultKind;

  constructor(kind: CallFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** For what is asked before an effect is sent: the effect was not, whatever becomes of the question. */
export async function unsentSoFar<Value>(question: Promise<Value>): Promise<Value> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    throw new CallFault(error.kind === 'aborted' ? 'cancelled' : 'unsent', error.message);
  }
}
