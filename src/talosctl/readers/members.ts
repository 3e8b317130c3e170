import { unintelligible } from '../errors.ts';
import { readSpecs, textField, textsField } from './resource.ts';

export interface MemberReading {
  hostname: string;
  machineType: string;
  /** e.g. "Talos (v1.12.11)". */
  operatingSystem: string;
  addresses: string[];
}

const WHAT = 'the answer of talosctl get members';

/** Members of the cluster as discovery knows them: stale ones stay up to half an hour. Throws for an empty list. */
export function readMembers(text: string): MemberReading[] {
  const members = readSpecs(text, WHAT).map(spec => ({
    hostname: textField(spec, 'hostname', WHAT),
    machineType: textField(spec, 'machineType', WHAT),
    operatingSystem: textField(spec, 'operatingSystem', WHAT),
    addresses: textsField(spec, 'addresses', WHAT),
  }));
  return members.length === 0 ? unintelligible(WHAT, text) : members;
}
