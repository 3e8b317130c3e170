import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { quantityMillis, quantityUnits } from '../../src/decisions/quantity.ts';

describe('quantities', () => {
  test.each<[string, number]>([
    ['0', 0],
    ['1', 1],
    ['+2', 2],
    ['-2', -2],
    ['.5', 1],
    ['1.', 1],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['7.5Gi', 8_053_063_680],
    ['128974848', 128_974_848],
    ['129e6', 129_000_000],
    ['129E6', 129_000_000],
    ['129M', 129_000_000],
    ['123Mi', 128_974_848],
    ['128974848000m', 128_974_848],
    ['1k', 1000],
    ['1Ki', 1024],
    ['5E', 5e18],
    ['1e-3', 1],
    ['0.1n', 1],
    ['1e100', Number(2n ** 63n - 1n)],
    ['-1e999', -Number(2n ** 63n - 1n)],
  ])('%s is %d units', (text, units) => {
    expect(quantityUnits(text)).toBe(units);
  });

  test.each<[string, number]>([
    ['100m', 100],
    ['0.1', 100],
    ['1', 1000],
    ['1.5', 1500],
    ['123456789n', 124],
    ['1500u', 2],
    ['2e3', 2_000_000],
    ['3950m', 3950],
  ])('%s is %d thousandths', (text, millis) => {
    expect(quantityMillis(text)).toBe(millis);
  });

  test.each(['', ' 1', '1 ', '1.5.5', 'Gi', '1GiB', '1gi', '1K', 'NaN', '1e', '--1', '.', '0x10', '1'.repeat(200)])(
    '%j is no quantity',
    text => {
      expect(quantityUnits(text)).toBeUndefined();
    },
  );

  test('a missing quantity is not known', () => {
    expect(quantityUnits(undefined)).toBeUndefined();
  });

  test.prop([fc.bigInt(0n, 2n ** 53n)])('law: whole numbers mean themselves', value => {
    expect(quantityUnits(value.toString())).toBe(Number(value));
  });

  test.prop([fc.nat({ max: 1_000_000_000 })])('law: m is a thousandth, rounded up', value => {
    expect(quantityMillis(`${value}m`)).toBe(value);
    expect(quantityUnits(`${value}m`)).toBe(Math.ceil(value / 1000));
  });

  test.prop([fc.nat({ max: 8_000_000 }), fc.constantFrom('Ki', 'Mi', 'Gi')])(
    'law: a binary suffix is the next smaller one 1024 times',
    (value, suffix) => {
      const smaller = { Ki: '', Mi: 'Ki', Gi: 'Mi' }[suffix];
      expect(quantityUnits(`${value}${suffix}`)).toBe(quantityUnits(`${value * 1024}${smaller}`));
    },
  );

  test.prop([fc.nat({ max: 1_000_000 }), fc.integer({ min: -6, max: 9 })])(
    'law: an exponent shifts the point',
    (value, exponent) => {
      const suffix = { '-6': 'u', '-3': 'm', '0': '', '3': 'k', '6': 'M', '9': 'G' }[String(exponent)];
      if (suffix !== undefined)
        expect(quantityMillis(`${value}e${exponent}`)).toBe(quantityMillis(`${value}${suffix}`));
    },
  );

  test.prop([fc.string()])('law: any text is a number or undefined', text => {
    const units = quantityUnits(text);
    expect(units === undefined || Number.isFinite(units)).toBe(true);
  });
});
