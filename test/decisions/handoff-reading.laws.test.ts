import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { readJsonText } from '../../src/decisions/handoff-json.ts';
import { HANDOFF_BYTES_MAX, readHandoff } from '../../src/decisions/handoff-reading.ts';
import { corpus } from '../division/handoffs/corpus.ts';

/** Slower than any reading that is linear in 128 KiB. */
const DEADLINE_MS = 2000;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

function readsSafely(bytes: Uint8Array, file = 'x.json'): void {
  const startedAt = performance.now();
  const reading = readHandoff(bytes, file);
  expect(performance.now() - startedAt).toBeLessThan(DEADLINE_MS);
  if (typeof reading === 'string') {
    expect(reading).not.toBe('');
    return;
  }
  expect(reading.id).toMatch(ID);
  expect(reading.from.name).toMatch(/^[a-z0-9-]{1,40}$/);
  expect(reading.type).toMatch(/^[a-z][a-z0-9_]*$/);
  if (reading.createdAt !== undefined) expect(new Date(reading.createdAt).toISOString()).toBe(reading.createdAt);
}

const encoded = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value) ?? '');

test.prop([fc.uint8Array({ maxLength: 4000, size: 'max' }), fc.string()], { numRuns: 500 })(
  'R166: no bytes and no file name make the reader throw or hang',
  (bytes, file) => readsSafely(bytes, file),
);

const field = fc.oneof(
  fc.constantFrom('handoff_id', 'from', 'to_division', 'handoff_type', 'priority', 'context', 'created_at', 'status'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'task_id', 'deadline', 'in_response_to', 'summary'),
  fc.string({ maxLength: 8 }),
);
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, 0, -1, 1e300, '', 'coo', '2026-11-22T09:00:00Z', 'p0'),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(field, tie('value')), { maxLength: 10 }).map(entries => Object.fromEntries(entries)),
  ),
}));

test.prop([value], { numRuns: 1000 })('R166: no JSON makes the reader throw or hang', structure => {
  readsSafely(encoded(structure));
});

const readable = corpus.filter(file => file.reads !== undefined && file.bytes.length < 4000);

test.prop(
  [fc.constantFrom(...readable), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 })],
  {
    numRuns: 500,
  },
)('R166: no mutated handoff makes the reader throw or hang', ({ bytes, file }, changes) => {
  const mutated = Uint8Array.from(bytes);
  for (const [at, byte] of changes) mutated[at % mutated.length] = byte;
  readsSafely(mutated, file);
  readsSafely(mutated.subarray(0, mutated.length >> 1), file);
});

/** A text a careless scanner would take quadratic time for, at the size limit. */
test.each([
  ['escaped quotes', `"${'\\"'.repeat(60_000)}`],
  ['open brackets', '['.repeat(130_000)],
  ['open objects', '{"a":'.repeat(26_000)],
  ['many names', `{${Array.from({ length: 12_000 }, (_, index) => `"n${index}":1`).join(',')}}`],
  ['one name again and again', `{${'"a":1,'.repeat(18_000)}"a":1}`],
  ['a long number', `{"a":${'1'.repeat(130_000)}}`],
  ['a long time', `{"created_at":"${'0'.repeat(130_000)}"}`],
  ['a long id', `{"handoff_id":"${'-'.repeat(130_000)}"}`],
  ['a long sender', `{"from":"${'--a'.repeat(40_000)}"}`],
  ['blanks', `{"status":"${' '.repeat(130_000)}"}`],
])('R166: %s are read in linear time', (_what, text) => {
  expect(text.length).toBeLessThan(HANDOFF_BYTES_MAX + 1);
  readsSafely(Buffer.from(text));
});

test.prop([value, fc.boolean()], { numRuns: 1000 })(
  'a name is found to stand twice exactly when it does',
  (structure, twice) => {
    const text = JSON.stringify({ outer: structure });
    const doubled = twice ? text.replace('{"outer"', '{"outer":0,"\\u006futer"') : text;
    const reading = readJsonText(doubled, 32);
    if (typeof reading === 'string') throw new Error(reading);
    expect(reading.duplicateKeys).toEqual(twice ? ['outer'] : []);
    expect(reading.value).toEqual(JSON.parse(text));
  },
);
