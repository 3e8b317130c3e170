import { DivisionError } from '../errors.ts';

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Refuses what can't be an object's name (RFC 1123 subdomain), so that no name walks to another path. [INPUT_INVALID] */
export function assertName(name: string, kind: 'node' | 'pod' | 'namespace'): void {
  if (NAME.test(name)) return;
  throw new DivisionError('INPUT_INVALID', `not a ${kind} name`, `give the ${kind}'s name as \`kubectl get\` shows it`);
}
