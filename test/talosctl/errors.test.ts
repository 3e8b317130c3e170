import fc from 'fast-check';
import { expect, it } from 'vitest';
import { presentable, presentableTail } from '../../src/talosctl/errors.ts';

const PEM = '-----BEGIN ED25519 PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1h\n-----END ED25519 PRIVATE KEY-----';
const BASE64 = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJQakNCOGFBREFnRUNBZz09';

it('law: no cut of a message leaves part of a key in it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 700 }), fc.integer({ min: 20, max: 700 }), (before, characters) => {
      const text = `${before} ${PEM} ${BASE64}`;
      for (const shown of [presentable(text, characters), presentableTail(text, characters)]) {
        expect(shown.length).toBeLessThanOrEqual(characters);
        expect(shown).not.toMatch(/MC4CAQAw|LS0tLS1C/);
      }
    }),
  );
});
