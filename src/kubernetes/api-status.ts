import * as z from 'zod';

const StatusBody = z.looseObject({
  kind: z.literal('Status'),
  reason: z.string().default(''),
  message: z.string().default(''),
  details: z
    .looseObject({
      name: z.string().optional(),
      kind: z.string().optional(),
      retryAfterSeconds: z.number().optional(),
      causes: z
        .array(
          z.looseObject({
            reason: z.string().default(''),
            message: z.string().default(''),
            field: z.string().default(''),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

/** A refusal as the API server (or something in front of it) wrote it. Texts are foreign: clipped, of one line, for evidence only. */
export interface ApiStatus {
  code: number;
  /** Kubernetes' reason (NotFound, Conflict, …); '' when the body was not a Status. */
  reason: string;
  message: string;
  /** Name and resource of the object the refusal is about. */
  subject: { name: string | undefined; resource: string | undefined };
  causes: readonly { reason: string; message: string; field: string }[];
  retryAfterMs: number | undefined;
}

const MOST_CHARACTERS = 300;

/** Foreign text without control characters, cut to 300 characters. */
export function clipped(text: string): string {
  const line = text
    .slice(0, MOST_CHARACTERS * 4)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
}

/** Milliseconds of a Retry-After header, in seconds or as an HTTP date; undefined when it is missing or neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads an error answer. A body that is no Status leaves reason and causes empty: callers must not take it for an answer. */
export function readStatus(code: number, body: unknown, headers: Readonly<Record<string, string>>): ApiStatus {
  const read = StatusBody.safeParse(typeof body === 'string' ? parseJson(body) : body);
  const status = read.success ? read.data : undefined;
  const details = status?.details ?? undefined;
  const seconds = details?.retryAfterSeconds;
  return {
    code,
    reason: status?.reason ?? '',
    message: clipped(status?.message ?? (typeof body === 'string' ? body : '')),
    subject: { name: details?.name, resource: details?.kind },
    causes: (details?.causes ?? []).map(cause => ({
      reason: cause.reason,
      message: clipped(cause.message),
      field: clipped(cause.field),
    })),
    retryAfterMs:
      retryAfterMs(headers['retry-after'], Date.now()) ?? (seconds === undefined ? undefined : seconds * 1000),
  };
}
