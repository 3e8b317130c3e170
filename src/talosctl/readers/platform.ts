import { readSpec, textField } from './resource.ts';

const WHAT = 'the answer of talosctl get platformmetadata';

/** The Talos platform of a machine: metal, aws, nocloud, … */
export function readPlatform(text: string): string {
  return textField(readSpec(text, WHAT), 'platform', WHAT);
}
