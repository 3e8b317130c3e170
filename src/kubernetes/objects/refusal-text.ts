import type { ObjectRef } from '../../model/workload-facts.ts';
import type { Refusal } from '../../ports/workloads.ts';
import type { ApiStatus } from '../api-status.ts';

/** Their values are secrets, or may be: nothing that the server says of their content is passed on but fields and reasons. */
const SILENT_KINDS = ['Secret', 'ConfigMap'];

/** From here on the server quotes what it could not read. */
const QUOTES = /(?:got &value|valueUnstructured|ReadString|error found in #|bigger context|offset \d+|Value:).*$/s;
/** field.Error writes the value it refuses after one of these. */
const REFUSED_VALUE = /(?:Invalid value|Unsupported value|Duplicate value|Not found|Too long|Too many): /;
/** A value that ends where it seems to: a closed quotation, or one word. */
const WHOLE_VALUE = /^(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)(?=[:,\]]|$)/;

/** The server's words without the values it refuses: they may be secrets. What can't be told from a value goes too. */
function withoutValues(message: string): string {
  let [told, rest] = ['', message];
  for (let match = REFUSED_VALUE.exec(rest); match !== null; match = REFUSED_VALUE.exec(rest)) {
    told += rest.slice(0, match.index) + match[0].slice(0, -2);
    rest = rest.slice(match.index + match[0].length);
    const value = WHOLE_VALUE.exec(rest)?.[0];
    if (value === undefined) return `${told}…`;
    rest = rest.slice(value.length);
  }
  return (told + rest).replace(QUOTES, '…');
}

/** True when a refusal is about what was asked for: asking again as it is can't help. */
export const isAboutRequest = ({ code }: ApiStatus): boolean => [400, 404, 405, 413, 415, 422].includes(code);

/** A 4xx about one object, with nothing of the object's own content. */
export function refusalOf(ref: ObjectRef, status: ApiStatus): Refusal {
  const fields = [...new Set(status.causes.flatMap(({ field }) => (field === '' ? [] : field)))];
  const reasons = [...new Set(status.causes.flatMap(({ reason }) => (reason === '' ? [] : reason)))];
  const silent = reasons.length > 0 ? reasons.join(', ') : status.reason;
  return {
    kind: 'refused',
    ref,
    code: status.code,
    reason: status.reason,
    message: SILENT_KINDS.includes(ref.kind) ? silent : withoutValues(status.message),
    fields,
  };
}
