import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { clipped, readStatus, retryAfterMs } from '../../src/kubernetes/api-status.ts';
import { backoffMs } from '../../src/kubernetes/call-policy.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

describe('refusals', () => {
  test.each<[string | undefined, number | undefined]>([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('Retry-After %j is %j ms', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });

  test.prop([fc.string({ maxLength: 3000 })])('law: foreign text is one line of 300 characters at most', text => {
    const line = clipped(text);
    expect(line.length).toBeLessThanOrEqual(300);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test.prop([fc.integer({ min: 400, max: 599 }), fc.oneof(fc.string(), fc.json(), fc.anything())])(
    'law: any body is read, and only a Status has a reason',
    (code, body) => {
      const status = readStatus(code, body, {});
      expect(status.code).toBe(code);
      expect(status.causes).toBeInstanceOf(Array);
    },
  );

  test.prop([fc.nat({ max: 60 }), fc.double({ min: 0, max: 0.999, noNaN: true })])(
    'law: back-off grows to at most 5 s and is never less than half of its step',
    (round, random) => {
      const step = Math.min(5000, 200 * 2 ** round);
      expect(backoffMs(round, random)).toBeGreaterThanOrEqual(step / 2);
      expect(backoffMs(round, random)).toBeLessThanOrEqual(step);
    },
  );
});
