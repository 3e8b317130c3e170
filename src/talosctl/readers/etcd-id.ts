import { unintelligible } from '../errors.ts';

const HEX = /^[0-9a-f]{1,16}$/i;

/** An etcd member id as 16 hex digits; `etcd members` prints it without leading zeros, `etcd status` with them. */
export function readMemberId(text: string): string {
  return HEX.test(text) ? text.toLowerCase().padStart(16, '0') : unintelligible('an etcd member id', text);
}
