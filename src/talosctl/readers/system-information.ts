import { readSpec, textField } from './resource.ts';
import { readUuid } from './uuid.ts';

const WHAT = 'the answer of talosctl get systeminformation';

/** The machine's SMBIOS UUID, in lower case. */
export function readSystemUuid(text: string): string {
  return readUuid(textField(readSpec(text, WHAT), 'uuid', WHAT), `uuid of ${WHAT}`);
}
