import { readSpec, textField } from './resource.ts';

const WHAT = 'the answer of talosctl get nodename';

/** The name under which the machine joins Kubernetes. */
export function readNodename(text: string): string {
  return textField(readSpec(text, WHAT), 'nodename', WHAT);
}
