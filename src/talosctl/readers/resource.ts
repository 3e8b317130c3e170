import { unintelligible } from '../errors.ts';
import { isRecord, readJsonObjects } from './json-objects.ts';

/** The specs of the resources `talosctl get -o json` printed, in order. Throws for an object without a spec. */
export function readSpecs(text: string, what: string): Record<string, unknown>[] {
  return readJsonObjects(text, what).map(object =>
    isRecord(object.spec) ? object.spec : unintelligible(`a resource of ${what}`, JSON.stringify(object)),
  );
}

/** The one spec there must be. */
export function readSpec(text: string, what: string): Record<string, unknown> {
  const [only, ...others] = readSpecs(text, what);
  return only === undefined || others.length > 0 ? unintelligible(what, text) : only;
}

export function textField(record: Record<string, unknown>, field: string, what: string): string {
  const value = record[field];
  return typeof value === 'string' && value !== ''
    ? value
    : unintelligible(`${field} of ${what}`, JSON.stringify(record));
}

export function flagField(record: Record<string, unknown>, field: string, what: string): boolean {
  const value = record[field];
  return typeof value === 'boolean' ? value : unintelligible(`${field} of ${what}`, JSON.stringify(record));
}

export function textsField(record: Record<string, unknown>, field: string, what: string): string[] {
  const value = record[field];
  const isTexts = Array.isArray(value) && value.every(item => typeof item === 'string');
  return isTexts ? value : unintelligible(`${field} of ${what}`, JSON.stringify(record));
}
