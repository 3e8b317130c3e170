import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapacityChart, capacityChart } from '../../src/chart/capacity-chart.ts';
import { pngOf } from '../../src/chart/png.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-22T10:00:00Z');

const past = (days: number, percent: (day: number) => number) =>
  Array.from({ length: days }, (_, day) => ({ at: NOW - (days - day) * DAY, percent: percent(day) }));
const ahead = (days: number, p50: (day: number) => number, spread: number) =>
  Array.from({ length: days }, (_, day) => ({
    at: NOW + day * DAY,
    p2_5: p50(day) - 2 * spread,
    p10: p50(day) - spread,
    p50: p50(day),
    p90: p50(day) + spread,
    p97_5: p50(day) + 2 * spread,
  }));

const chart = (change: Partial<CapacityChart> = {}): CapacityChart => ({
  title: 'CPU used in prod, percent of allocatable',
  sentence: 'CPU used in prod crosses 80 % between 12 Jan 2027 and 3 Mar 2027.',
  now: NOW,
  history: past(60, day => 40 + day / 3),
  historyName: 'daily P95',
  forecast: ahead(90, day => 60 + day / 3, 5),
  thresholdPercent: 80,
  crossing: { p10: NOW + 40 * DAY, p50: NOW + 60 * DAY, p90: undefined },
  simulated: true,
  ...change,
});

/** What stands between `>` and `</text>`. */
const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1] ?? '');
const pathOf = (svg: string, look: string): string =>
  new RegExp(`<path class="${look}" d="([^"]*)"`).exec(svg)?.[1] ?? '';

describe('the chart', () => {
  it('says in words what it shows, for who can’t see it, and that it is simulated', () => {
    const svg = capacityChart(chart());
    expect(svg).toContain('role="img"');
    expect(svg).toContain(`<desc id="d">${chart().sentence}</desc>`);
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining([
        'daily P95',
        'median',
        '80 %',
        '95 %',
        'may cross',
        'threshold 80 %',
        'now',
        '0%',
        '100%',
      ]),
    );
    expect(svg).toContain('(simulated)');
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  it('without a forecast shows the past alone, without a history the frame', () => {
    const short = capacityChart(chart({ forecast: [], crossing: undefined, historyName: 'hourly' }));
    expect(pathOf(short, 'past')).not.toBe('');
    expect(pathOf(short, 'median')).toBe('');
    expect(textsOf(short)).not.toContain('may cross');
    expect(pathOf(capacityChart(chart({ history: [], forecast: [], crossing: undefined })), 'past')).toBe('');
  });

  it('keeps a gap a gap', () => {
    const whole = past(60, () => 50);
    const moves = (history: CapacityChart['history']): number =>
      pathOf(capacityChart(chart({ history })), 'past').split('M').length - 1;
    expect(moves(whole)).toBe(1);
    expect(moves(whole.filter((_, day) => day < 20 || day > 30))).toBe(2);
  });

  it('puts the threshold’s name where the past does not run through it', () => {
    const anchor = (history: CapacityChart['history']): string | undefined =>
      /text-anchor="(\w+)">threshold/.exec(capacityChart(chart({ history })))?.[1];
    expect(anchor(past(60, () => 40))).toBe('start');
    expect(anchor(past(60, () => 82))).toBe('end');
  });

  it('law: names and sentences are text and nothing else, whatever they hold; every place is a number', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<script>alert(1)</script>', '"/><image href="x"/>', ']]>', '&lt;'),
    );
    fc.assert(
      fc.property(
        nasty,
        nasty,
        fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { maxLength: 8 }),
        (title, sentence, values) => {
          const svg = capacityChart(chart({ title, sentence, history: past(values.length, day => values[day] ?? 0) }));
          const tags = [...svg.matchAll(/<\/?([^\s/>]+)/g)].map(match => match[1] ?? '');
          const known = ['svg', 'title', 'desc', 'style', 'clipPath', 'rect', 'text', 'g', 'path', 'line'];
          return (
            tags.every(tag => known.includes(tag)) &&
            !/NaN|Infinity|undefined/.test(svg.replaceAll(/<(title|desc|text)[^>]*>[^<]*/g, ''))
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is small: below 20,000 bytes with a year of days', () => {
    const svg = capacityChart(chart({ history: past(365, day => 40 + (day % 7)), forecast: ahead(180, () => 60, 9) }));
    expect(Buffer.byteLength(svg)).toBeLessThan(20_000);
  });
});

describe('the chart as PNG', () => {
  it('is twice its size', async () => {
    const png = await pngOf(capacityChart(chart()));
    if (png === undefined) return;
    const { buffer, byteOffset } = png;
    const view = new DataView(buffer, byteOffset);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([1280, 720]);
  });

  it('is undefined where the renderer is not installed', async () => {
    expect(await pngOf('<svg/>', () => Promise.reject(new Error('Cannot find module')))).toBeUndefined();
  });
});
