/** Which of our handoffs a received one answers (C-4, C-23: other divisions' answers often name no request). */
import type { HandoffAnswer, HandoffReading } from '../model/handoff.ts';

/** An answer that names no request is looked for among requests of this age. */
const GUESS_WINDOW_MS = 7 * 24 * 3_600_000;
/** What comes back for what was asked (infrastructure-gm; talos-contractor). */
const ANSWERING_TYPES = new Map<string, readonly string[]>([
  ['resource_request', ['resource_provisioning', 'vm_provisioned', 'resource_response']],
]);

const timeOf = (reading: HandoffReading): number =>
  reading.createdAt === undefined ? Number.NaN : Date.parse(reading.createdAt);

function isNamedIn(text: string, id: string): boolean {
  const at = text.indexOf(id);
  // An id that goes on (…-001 in …-0012) is another one.
  return at >= 0 && !/[A-Za-z0-9_-]/.test(text.charAt(at - 1)) && !/[A-Za-z0-9_-]/.test(text.charAt(at + id.length));
}

function isAnsweringType(request: HandoffReading, answer: HandoffReading): boolean {
  if (!ANSWERING_TYPES.get(request.type)?.includes(answer.type)) return false;
  const waited = timeOf(answer) - timeOf(request);
  return request.to?.name === answer.from.name && waited >= 0 && waited <= GUESS_WINDOW_MS;
}

function onlyOne(
  requests: readonly HandoffReading[],
  by: HandoffAnswer['by'],
  isAnswered: (request: HandoffReading) => boolean,
): HandoffAnswer | undefined {
  const [first, ...others] = requests.filter(isAnswered);
  return first !== undefined && others.length === 0 ? { handoffId: first.id, by } : undefined;
}

/**
 * The one request that `received` answers: by in_response_to, else by our task_id from whom we asked, else by the id named in its
 * text, else by type and time; undefined when none or several fit. What names a request we never made answers nothing.
 */
export function answerOf(received: HandoffReading, requests: readonly HandoffReading[]): HandoffAnswer | undefined {
  const { inResponseTo, taskId, from } = received;
  if (inResponseTo !== undefined) return onlyOne(requests, 'in_response_to', request => request.id === inResponseTo);
  const asked = requests.filter(
    request =>
      request.to?.name === from.name && request.inResponseTo === undefined && !(timeOf(request) > timeOf(received)),
  );
  const text = JSON.stringify(received.context);
  return (
    onlyOne(asked, 'task_id', request => taskId !== undefined && request.taskId === taskId) ??
    onlyOne(asked, 'named_in_text', request => isNamedIn(text, request.id)) ??
    onlyOne(asked, 'type_and_time', request => isAnsweringType(request, received))
  );
}
