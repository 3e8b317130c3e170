import { readUuid } from './uuid.ts';

/** Reads the boot id of a node from its /proc/sys/kernel/random/boot_id. */
export function readBootId(text: string): string {
  return readUuid(text, 'the boot id');
}
