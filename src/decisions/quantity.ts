/**
 * Kubernetes quantities ("100m", "1.5Gi", "2e3"), exactly, by the grammar of apimachinery's resource.Quantity:
 * sign? digits with an optional point, then a binary suffix (Ki … Ei), a decimal suffix (n u m k M G T P E) or an exponent.
 */
const QUANTITY =
  /^(?<sign>[+-]?)(?:(?<whole>\d+)(?:\.(?<fraction>\d*))?|\.(?<bare>\d+))(?:(?<binary>[KMGTPE]i)|(?<decimal>[numkMGTPE])|[eE](?<exponent>[+-]?\d{1,9}))?$/;

const BINARY_POWER: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };
const DECIMAL_POWER: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** Quantities saturate here, as in apimachinery (2^63 - 1). */
const LARGEST = 2n ** 63n - 1n;
/** Beyond this many digits of magnitude any value saturates or rounds to its smallest step. */
const MOST_DIGITS = 64;

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

/** value = numerator / denominator. */
interface Rational {
  numerator: bigint;
  denominator: bigint;
}

function parse(text: string): Rational | undefined {
  const parts = text.length > 128 ? undefined : QUANTITY.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const fraction = parts.fraction ?? parts.bare ?? '';
  const digits = BigInt(`${parts.whole ?? ''}${fraction}` || '0');
  const mantissa = parts.sign === '-' ? -digits : digits;
  const suffix = parts.decimal === undefined ? Number(parts.exponent ?? 0) : (DECIMAL_POWER[parts.decimal] ?? 0);
  const power = BigInt(clamp(suffix, MOST_DIGITS) - fraction.length);
  const binary = parts.binary === undefined ? 0n : (BINARY_POWER[parts.binary] ?? 0n);
  return {
    numerator: mantissa * 2n ** binary * (power > 0n ? 10n ** power : 1n),
    denominator: power < 0n ? 10n ** -power : 1n,
  };
}

function steps(text: string | undefined, stepsPerUnit: bigint): number | undefined {
  const value = text === undefined ? undefined : parse(text);
  if (value === undefined) return undefined;
  const scaled = value.numerator * stepsPerUnit;
  const isNegative = scaled < 0n;
  const size = isNegative ? -scaled : scaled;
  const rounded = (size + value.denominator - 1n) / value.denominator;
  const capped = rounded > LARGEST ? LARGEST : rounded;
  return Number(isNegative ? -capped : capped);
}

/** Whole units (bytes, pods), rounded away from zero as `Quantity.Value()`; undefined for text that is no quantity. */
export const quantityUnits = (text: string | undefined): number | undefined => steps(text, 1n);

/** Thousandths (millicores), rounded away from zero as `Quantity.MilliValue()`; undefined for text that is no quantity. */
export const quantityMillis = (text: string | undefined): number | undefined => steps(text, 1000n);
