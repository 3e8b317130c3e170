import { describe, expect, it } from 'vitest';
import { judge, type Row } from '../../bench/result.ts';
import { figure, json, lines, performanceDocument } from '../../bench/table.ts';

const machine = { node: 'v20.20.2', cpu: '2 × Any', load: 0.5, at: '2026-11-22T18:00:00.000Z' };
const start: Row = {
  what: 'start',
  unit: 'ms',
  value: 180,
  peers: { minimal: 200, 'some|server 1.0': 1000 },
  targets: [
    { atMost: 1, of: 'minimal' },
    { atMost: 0.15, of: 'some|server 1.0' },
  ],
  note: 'median of 11',
};
const size: Row = { what: 'size', unit: 'bytes', value: 12_000, targets: [{ atMost: 12_000 }] };
const told: Row = { what: 'told', unit: 's', value: 0.0123 };

describe('a row is judged', () => {
  it.each<{ what: string; row: Row; judged: { ratio: number; isMet: boolean }[] }>([
    {
      what: 'by a factor of a peer that was measured beside it',
      row: start,
      judged: [
        { ratio: 0.9, isMet: true },
        { ratio: 0.18, isMet: false },
      ],
    },
    { what: 'by its own unit: a limit that is just reached is met', row: size, judged: [{ ratio: 1, isMet: true }] },
    { what: 'as missed above it', row: { ...size, value: 12_001 }, judged: [{ ratio: 12_001 / 12_000, isMet: false }] },
    {
      what: 'as missed when there is no figure',
      row: { ...size, value: Number.NaN },
      judged: [{ ratio: Number.NaN, isMet: false }],
    },
    { what: 'not at all without a target', row: told, judged: [] },
  ])('$what', ({ row, judged }) => {
    expect(judge(row)).toMatchObject(judged);
    expect(judge(row)).toHaveLength(judged.length);
  });

  it('never by a peer that was not measured', () => {
    const { peers: _none, ...alone } = start;
    expect(() => judge(alone)).toThrow('no figure of minimal');
  });
});

it('a figure has three digits that count, and separated thousands', () => {
  expect([0.0123, 0.8666, 12.34, 180, 1234.5, 1_170_000, 2, Number.NaN].map(figure)).toEqual([
    '0.0123',
    '0.867',
    '12.3',
    '180',
    '1,235',
    '1,170,000',
    '2',
    '–',
  ]);
});

it('the document has a line for every row, with peers, ratio, target and whether it was met', () => {
  const document = performanceDocument([{ bench: 'all', rows: [start, size, told], tookSeconds: 9 }], machine);
  expect(document.split('\n').filter(line => line.startsWith('| '))).toEqual([
    '| what | value | peers | ratio | target | met |',
    '| --- | --- | --- | --- | --- | --- |',
    '| start | 180 ms | minimal: 200; some\\|server 1.0: 1,000 | 0.9 ×; 0.18 × | ≤ 1 × minimal; ≤ 0.15 × some\\|server 1.0 | yes; no |',
    '| size | 12,000 bytes | – | 1 × | ≤ 12,000 bytes | yes |',
    '| told | 0.0123 s | – | – | – | – |',
  ]);
  expect(document).toContain('Node v20.20.2, 2 × Any, load 0.5 before it began, 2026-11-22.');
  expect(document).toContain('- start: median of 11.');
});

it('a JSON line says bench, machine, value, peers, ratio, limit and whether it was met', () => {
  expect(JSON.parse(json({ bench: 'start', rows: [start], tookSeconds: 9 }, machine))).toEqual({
    bench: 'start',
    ...machine,
    took_seconds: 9,
    rows: [
      {
        what: 'start',
        unit: 'ms',
        value: 180,
        peers: start.peers,
        targets: [
          { limit: 1, of: 'minimal', ratio: 0.9, met: true },
          { limit: 0.15, of: 'some|server 1.0', ratio: 0.18, met: false },
        ],
        note: 'median of 11',
      },
    ],
  });
});

it('on a terminal what is missed stands out, and only there', () => {
  const shown = { bench: 'start', rows: [start], tookSeconds: 9 };
  expect(lines(shown, false)).toMatch(/met {2}≤ 1 × minimal[\s\S]*MISSED ≤ 0.15 ×/);
  expect(lines(shown, false)).not.toContain('\u001b');
  expect(lines(shown, true)).toContain('\u001b[31mMISSED\u001b[0m');
});
