const UNITS: Record<string, number> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number of its base unit (cores, bytes, pieces); 0 for what is no quantity. */
export function quantityOf(text: unknown): number {
  if (typeof text === 'number') return text;
  if (typeof text !== 'string') return 0;
  const match = /^([0-9.]+)([A-Za-z]*)$/.exec(text);
  const unit = UNITS[match?.[2] ?? '?'];
  return unit === undefined ? 0 : Number(match?.[1]) * unit;
}
