import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonObjects } from '../../../src/talosctl/readers/json-objects.ts';
import { refusal } from '../refusal.ts';

describe('readJsonObjects', () => {
  it('law: reads any objects written one after the other, whatever braces and quotes their strings hold', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('}{', '"', '\\', '\\"}', '{'));
    const value = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.array(text), fc.dictionary(text, text)));
    const plain = (record: unknown): unknown => JSON.parse(JSON.stringify(record));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), fc.constantFrom('', '\n', ' \n\t'), (values, between) => {
        const written = values.map(object => JSON.stringify(object, undefined, 4)).join(between);
        expect(readJsonObjects(written, 'x')).toEqual(values.map(plain));
      }),
    );
  });

  it.each(['[]', '{"a":1', '{"a":1}x', 'x{"a":1}', '{a:1}', '{"a":"}', 'null', '{"a":1}]'])(
    'does not understand %s',
    text => expect(refusal(() => readJsonObjects(text, 'x'))).toBe('unintelligible'),
  );
});
