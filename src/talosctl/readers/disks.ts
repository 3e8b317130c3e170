import { unintelligible } from '../errors.ts';
import { isRecord, readJsonObjects } from './json-objects.ts';
import { flagField, textField } from './resource.ts';

export interface DiskReading {
  id: string;
  dev_path: string;
  size_bytes: number;
  model: string;
  serial: string;
  wwid: string;
  transport: string;
  rotational: boolean;
  read_only: boolean;
}

const WHAT = 'the answer of talosctl get disks';

/** Talos leaves empty fields out. */
const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Disks as `talosctl get disks -o json` tells them, loop devices and drives of optical disks left out. */
export function readDisks(text: string): DiskReading[] {
  return readJsonObjects(text, WHAT).flatMap(({ metadata, spec }) => {
    if (!isRecord(metadata) || !isRecord(spec)) unintelligible(WHAT, text);
    const { size } = spec;
    if (typeof size !== 'number' || !Number.isSafeInteger(size)) unintelligible(`size of ${WHAT}`, String(size));
    const id = textField(metadata, 'id', WHAT);
    if (spec.cdrom === true || id.startsWith('loop')) return [];
    return {
      id,
      dev_path: textField(spec, 'dev_path', WHAT),
      size_bytes: size,
      model: textOr(spec.model),
      serial: textOr(spec.serial),
      wwid: textOr(spec.wwid),
      transport: textOr(spec.transport),
      rotational: spec.rotational === true,
      read_only: flagField(spec, 'readonly', WHAT),
    };
  });
}
