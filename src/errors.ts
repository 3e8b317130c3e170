/** When repeating the same call may help: never, later (the world may change by itself), or after somebody changes something. */
export type Retry = 'never' | 'later' | 'after-change';

const RETRY_BY_CODE = {
  INPUT_INVALID: 'after-change',
  NOT_FOUND: 'after-change',
  STALE_PLAN: 'after-change',
  OPERATION_CONFLICT: 'later',
  AUTHORITY_REFUSED: 'after-change',
  APPROVAL_REQUIRED: 'after-change',
  BUDGET_EXHAUSTED: 'later',
  WINDOW_CLOSED: 'later',
  NODE_NOT_READY: 'later',
  QUORUM_AT_RISK: 'after-change',
  DISRUPTION_BLOCKED: 'after-change',
  CAPACITY_SHORT: 'after-change',
  VERSION_SKEW: 'after-change',
  KUBERNETES_UNAVAILABLE: 'later',
  KUBERNETES_DENIED: 'after-change',
  CONTRACTOR_UNAVAILABLE: 'later',
  CONTRACTOR_FAILED: 'after-change',
  CONTRACTOR_UNINTELLIGIBLE: 'after-change',
  CONTRACTOR_SUSPECT: 'after-change',
  CAPABILITY_MISSING: 'after-change',
  OUTCOME_UNKNOWN: 'after-change',
  TIMEOUT: 'later',
  CANCELLED: 'never',
  RECORD_CORRUPT: 'after-change',
  DIRECTORY_LOCKED: 'later',
  INTERNAL: 'later',
} as const satisfies Record<string, Retry>;

export type ErrorCode = keyof typeof RETRY_BY_CODE;

interface DivisionErrorOptions {
  /** Overrides the code's usual answer to "does repeating help?". */
  retry?: Retry;
  cause?: unknown;
  /** Process exit code where the error ends a command: 1 failed, 2 usage. */
  exitCode?: 1 | 2;
}

/**
 * The one error of the product. `message` says what is wrong, `remedy` what to do about it; both may be shown to a
 * model or a person, so neither ever holds a secret or unfenced foreign text. The cause stays inside.
 */
export class DivisionError extends Error {
  override readonly name = 'DivisionError';
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly remedy: string;
  readonly exitCode: 1 | 2;

  constructor(code: ErrorCode, message: string, remedy: string, options: DivisionErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = remedy;
    this.retry = options.retry ?? RETRY_BY_CODE[code];
    this.exitCode = options.exitCode ?? 1;
  }

  /** The wire form (CONTRACT, Errors): it goes into a text block, never into `structuredContent`. */
  toJSON(): { code: ErrorCode; message: string; retry: Retry; remedy: string } {
    return { code: this.code, message: this.message, retry: this.retry, remedy: this.remedy };
  }
}
