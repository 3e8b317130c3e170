import { flagField, readSpec } from './resource.ts';

const WHAT = 'the answer of talosctl get securitystate';

/** Whether the machine booted with secure boot. */
export function readIsSecureBoot(text: string): boolean {
  return flagField(readSpec(text, WHAT), 'secureBoot', WHAT);
}
