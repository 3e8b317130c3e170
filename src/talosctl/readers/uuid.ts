import { unintelligible } from '../errors.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A UUID in lower case, or a throw. */
export function readUuid(text: string, what: string): string {
  const uuid = text.trim().toLowerCase();
  return UUID.test(uuid) ? uuid : unintelligible(what, text);
}
