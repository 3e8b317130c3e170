/** One query to a Prometheus server: bounded in time and size, and never followed to another server. */
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';

const DEADLINE_MS = 15_000;
/** Three times what 30,000 pods need. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
/** A server that is overloaded is asked once more, if it says that it takes no longer than this. */
const PATIENCE_MS = 3000;
const PAUSE_MS = 500;

/** How a server is reached. */
export interface PrometheusServer {
  url: string;
  /** File with a bearer token, read before each query. */
  tokenFile: string | undefined;
}

export interface PrometheusQuery<Answer extends z.ZodType> {
  path: 'query_range' | 'query';
  search: Record<string, string>;
  answer: Answer;
}

const shown = ({ url }: PrometheusServer): string => new URL(url).host;

const failed = (server: PrometheusServer, what: string, remedy: string): DivisionError =>
  new DivisionError('CONTRACTOR_FAILED', `Prometheus at ${shown(server)} ${what}`, remedy);

const REMEDY_CONFIGURED = 'correct the cluster’s prometheus in division.yaml (url, token_file, queries)';

export const unintelligible = (server: PrometheusServer, what: string): DivisionError =>
  new DivisionError('CONTRACTOR_UNINTELLIGIBLE', `Prometheus at ${shown(server)} ${what}`, REMEDY_CONFIGURED);

async function headersOf(server: PrometheusServer): Promise<Record<string, string>> {
  if (server.tokenFile === undefined) return { accept: 'application/json' };
  let token: string;
  try {
    token = (await readFile(server.tokenFile, 'utf8')).trim();
  } catch {
    throw failed(server, 'needs a token, and its token_file can’t be read', REMEDY_CONFIGURED);
  }
  // What no header may hold would be thrown with the token in the message.
  if (!/^[\x21-\x7e]+$/.test(token)) throw failed(server, 'has a token_file that holds no token', REMEDY_CONFIGURED);
  return { accept: 'application/json', authorization: `Bearer ${token}` };
}

/** Reads a body up to the bound. */
async function bodyOf(server: PrometheusServer, response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts).toString('utf8');
    bytes += value.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      reader.cancel().catch(() => undefined);
      throw failed(server, `answered more than ${ANSWER_BYTES_MAX} bytes`, 'let the query yield less: sum(…)');
    }
    parts.push(value);
  }
}

/** Not waited for: a body that is of no use may take as long as it likes to end. */
function drop(response: Response): void {
  response.body?.cancel().catch(() => undefined);
}

/** A number of seconds; a date is not waited for. */
function pauseAfter(response: Response): number | undefined {
  const given = response.headers.get('retry-after');
  const ms = given === null ? PAUSE_MS : Number(given) * 1000;
  return ms >= 0 && ms <= PATIENCE_MS ? ms : undefined;
}

function refusal(server: PrometheusServer, status: number): DivisionError {
  if (status >= 300 && status < 400)
    return failed(server, `sends us elsewhere (HTTP ${status}): not followed`, REMEDY_CONFIGURED);
  if (status === 401 || status === 403) return failed(server, `refuses us (HTTP ${status})`, REMEDY_CONFIGURED);
  if (status === 404) return failed(server, 'has no Prometheus API there (HTTP 404)', REMEDY_CONFIGURED);
  if (status === 400 || status === 422) return failed(server, `refuses the query (HTTP ${status})`, REMEDY_CONFIGURED);
  return new DivisionError(
    'CONTRACTOR_UNAVAILABLE',
    `Prometheus at ${shown(server)} answers HTTP ${status}`,
    'call again later; without it the samples that the division kept are used',
  );
}

function understood<Answer extends z.ZodType>(server: PrometheusServer, text: string, answer: Answer): z.infer<Answer> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unintelligible(server, 'did not answer JSON');
  }
  const parsed = answer.safeParse(value);
  if (!parsed.success) throw unintelligible(server, 'did not answer what was asked');
  return parsed.data;
}

/**
 * Asks `api/v1/{path}` and reads the answer by its schema. Repeating is safe: it only reads. [CONTRACTOR_UNAVAILABLE: no answer, 429 or
 * 5xx; CONTRACTOR_FAILED: refused; CONTRACTOR_UNINTELLIGIBLE; TIMEOUT; CANCELLED]
 */
export async function askPrometheus<Answer extends z.ZodType>(
  server: PrometheusServer,
  { path, search, answer }: PrometheusQuery<Answer>,
  signal: AbortSignal,
): Promise<z.infer<Answer>> {
  const within = withDeadline(signal, DEADLINE_MS);
  const url = new URL(`${server.url.replace(/\/+$/, '')}/api/v1/${path}`);
  url.search = new URLSearchParams(search).toString();
  const ask = async (): Promise<Response> =>
    fetch(url, { headers: await headersOf(server), redirect: 'manual', signal: within });
  try {
    let response = await ask();
    const pause = response.status === 429 || response.status === 503 ? pauseAfter(response) : undefined;
    if (pause !== undefined) {
      drop(response);
      await setTimeout(pause, undefined, { signal: within });
      response = await ask();
    }
    if (response.status !== 200) {
      drop(response);
      throw refusal(server, response.status);
    }
    return understood(server, await bodyOf(server, response), answer);
  } catch (error) {
    if (error instanceof DivisionError) throw error;
    if (signal.aborted)
      throw new DivisionError('CANCELLED', 'the call was cancelled', 'call again if it is still wanted');
    if (within.aborted)
      throw new DivisionError('TIMEOUT', `Prometheus at ${shown(server)} did not answer in time`, 'call again later');
    throw new DivisionError(
      'CONTRACTOR_UNAVAILABLE',
      `Prometheus at ${shown(server)} can’t be reached`,
      'check the cluster’s prometheus.url in division.yaml, and that it answers from here',
    );
  }
}
