import { readSpec, textField } from './resource.ts';

const WHAT = 'the answer of talosctl get infos';

/** The id of the cluster in a machine's configuration: there before etcd and Kubernetes are. */
export function readClusterId(text: string): string {
  return textField(readSpec(text, WHAT), 'clusterId', WHAT);
}
