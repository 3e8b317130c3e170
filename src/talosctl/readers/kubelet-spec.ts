import { unintelligible } from '../errors.ts';
import { readSpec, textField } from './resource.ts';

const WHAT = 'the answer of talosctl get kubeletspecs';

/** The version of the kubelet a machine is to run, by its image's tag, e.g. v1.35.4. */
export function readKubeletVersion(text: string): string {
  const image = textField(readSpec(text, WHAT), 'image', WHAT);
  return /:(v\d+\.\d+\.\d+[\w.-]*)(?:@|$)/.exec(image)?.[1] ?? unintelligible(`the image in ${WHAT}`, image);
}
