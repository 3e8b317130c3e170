import { unintelligible } from '../errors.ts';

const SAVED = /^etcd snapshot saved to "(?:[^"\\]|\\.)*" \((\d+) bytes\)$/m;

/** The size in bytes that `talosctl etcd snapshot` says it saved. */
export function readSnapshotBytes(text: string): number {
  const bytes = SAVED.exec(text)?.[1];
  return bytes === undefined ? unintelligible('the answer of talosctl etcd snapshot', text) : Number(bytes);
}
