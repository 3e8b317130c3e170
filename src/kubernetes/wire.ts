/** Reading single values of API objects. The client's types promise more than a server must send. */

/** Epoch milliseconds of a time the client parsed (Time) or left as text (MicroTime); undefined when it is none. */
export function timeOf(value: unknown): number | undefined {
  const at = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A field without which the object means nothing. */
export function required(value: string | undefined, field: string): string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`object without ${field}`);
  return value;
}
