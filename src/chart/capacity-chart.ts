/** The picture of a forecast: history, median, bands, threshold, when it may cross (600 px wide, light and dark). */
import { dayLabel, dayTicks, percentTicks, type Scale, scaleOf } from './axes.ts';
import { escaped, wrapped } from './svg-text.ts';

/** All values in percent of what the nodes can give; times in epoch milliseconds. */
export interface CapacityChart {
  title: string;
  /** What the picture says, in words; also its alternative text. */
  sentence: string;
  now: number;
  history: readonly { at: number; percent: number }[];
  /** What the line of the past is: "daily P95". */
  historyName: string;
  forecast: readonly { at: number; p2_5: number; p10: number; p50: number; p90: number; p97_5: number }[];
  thresholdPercent: number;
  /** Undefined ends: later than the forecast reaches. */
  crossing: { p10: number; p50: number | undefined; p90: number | undefined } | undefined;
  simulated: boolean;
}

const WIDTH = 640;
const HEIGHT = 360;
const PLOT = { left: 46, right: 626, top: 104, bottom: 326 };
const DAY_MS = 86_400_000;

const STYLE = `
.back{fill:#ffffff}.text{fill:#1f2328;font-size:13px;font-family:system-ui,-apple-system,Segoe UI,Roboto,Arial,DejaVu Sans,sans-serif}
.head{font-size:15px;font-weight:600}.soft{fill:#59636e}.small{font-size:12px}.grid{stroke:#d1d9e0;stroke-width:1}
.past{fill:none;stroke:#0550ae;stroke-width:1.8;stroke-linejoin:round}.median{fill:none;stroke:#bc4c00;stroke-width:2.2;stroke-dasharray:6 3}
.wide{fill:#f0883e;fill-opacity:.18}.narrow{fill:#f0883e;fill-opacity:.32}.limit{stroke:#cf222e;stroke-width:1.6;stroke-dasharray:2 3}
.limit-text{fill:#cf222e}.window{fill:#8250df;fill-opacity:.13}.likely{stroke:#8250df;stroke-width:1.6}.window-text{fill:#6639ba}
.now{stroke:#59636e;stroke-width:1}.halo{stroke:#ffffff;stroke-width:4;stroke-linejoin:round;paint-order:stroke}
@media (prefers-color-scheme:dark){.back{fill:#0d1117}.text{fill:#f0f6fc}.soft{fill:#9198a1}.grid{stroke:#30363d}.past{stroke:#58a6ff}
.median{stroke:#ffa657}.limit{stroke:#ff7b72}.limit-text{fill:#ff7b72}.window{fill:#a371f7;fill-opacity:.2}.likely{stroke:#a371f7}
.window-text{fill:#d2a8ff}.now{stroke:#9198a1}.halo{stroke:#0d1117}}`.replaceAll('\n', '');

const at = (value: number): string => String(Math.round(value * 10) / 10);

interface Text {
  x: number;
  y: number;
  text: string;
  look?: string;
  anchor?: 'start' | 'middle' | 'end';
}

const write = ({ x, y, text, look = '', anchor = 'start' }: Text): string =>
  `<text class="text ${look}" x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escaped(text)}</text>`;

const line = (look: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<line class="${look}" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`;

interface Place {
  x: Scale;
  y: Scale;
}

const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('');

/** A gap stays a gap: the line is broken where three usual steps are missing. */
function pastPath(history: CapacityChart['history'], { x, y }: Place): string {
  const steps = history.slice(1).map((point, index) => point.at - (history[index]?.at ?? 0));
  const usual = steps.toSorted((one, other) => one - other)[Math.floor(steps.length / 2)] ?? 0;
  const parts: (readonly [number, number])[][] = [[]];
  for (const [index, point] of history.entries()) {
    const before = history[index - 1];
    if (before && point.at - before.at > 3 * usual) parts.push([]);
    parts.at(-1)?.push([x(point.at), y(point.percent)]);
  }
  // A point by itself is a line of no length: round ends would not show it either.
  const drawn = parts.map(part =>
    part.length === 1 && part[0] ? [part[0], [part[0][0] + 1, part[0][1]] as const] : part,
  );
  return `<path class="past" d="${drawn.map(path).join('')}"/>`;
}

type Quantile = 'p2_5' | 'p10' | 'p90' | 'p97_5';

function band({ forecast }: CapacityChart, { x, y }: Place, look: string, low: Quantile, high: Quantile): string {
  const over = forecast.map(point => [x(point.at), y(point[high])] as const);
  const under = forecast.map(point => [x(point.at), y(point[low])] as const).toReversed();
  return `<path class="${look}" d="${path([...over, ...under])}Z"/>`;
}

function crossingWindow(chart: CapacityChart, { x }: Place, end: number): string {
  if (!chart.crossing) return '';
  const { p10, p50, p90 } = chart.crossing;
  const [from, to] = [x(p10), x(Math.min(p90 ?? end, end))];
  const likely = p50 === undefined ? '' : line('likely', x(p50), PLOT.top, x(p50), PLOT.bottom);
  const wide = Math.max(2, to - from);
  return `<rect class="window" x="${at(from)}" y="${PLOT.top}" width="${at(wide)}" height="${PLOT.bottom - PLOT.top}"/>${likely}`;
}

/** What the signs mean, in one row; what is not drawn is not explained. */
function legend(chart: CapacityChart): string {
  const { history, historyName, forecast, crossing } = chart;
  const box = (look: string): string => `<rect class="${look}" y="-6" width="18" height="12"/>`;
  const past = { width: 7.1 * historyName.length + 40, sign: line('past', 0, 0, 18, 0), text: historyName };
  const ahead = [
    { width: 86, sign: line('median', 0, 0, 18, 0), text: 'median' },
    { width: 72, sign: box('narrow'), text: '80 %' },
    { width: 72, sign: box('wide'), text: '95 %' },
  ];
  const entries = [
    ...(history.length > 0 ? [past] : []),
    ...(forecast.length > 0 ? ahead : []),
    ...(crossing ? [{ width: 0, sign: box('window'), text: 'may cross' }] : []),
  ];
  let x = PLOT.left;
  return entries
    .map(({ width, sign, text }) => {
      const drawn = `<g transform="translate(${at(x)} 86)">${sign}${write({ x: 24, y: 4, text, look: 'small soft' })}</g>`;
      x += width;
      return drawn;
    })
    .join('');
}

/** The top of the scale: all that is likely; the widest band may be cut off, not squeeze the rest. */
function topOf({ history, forecast, thresholdPercent }: CapacityChart): number {
  const likely = [...history.map(({ percent }) => percent), ...forecast.map(({ p90 }) => p90), thresholdPercent];
  const widest = Math.max(...forecast.map(({ p97_5 }) => p97_5), 0);
  const most = likely.reduce((one, other) => Math.max(one, other), 0);
  return Math.max(100, Math.ceil(Math.max(most * 1.08, Math.min(widest, most * 1.25)) / 10) * 10);
}

/** Where the past does not run through it. */
function limitText({ history, thresholdPercent }: CapacityChart, { x, y }: Place): string {
  const limit = y(thresholdPercent);
  const isInTheWay = history.some(
    point => x(point.at) < PLOT.left + 140 && Math.abs(y(point.percent) - (limit - 10)) < 16,
  );
  const text = { y: limit - 6, text: `threshold ${thresholdPercent} %`, look: 'small limit-text halo' };
  return isInTheWay ? write({ ...text, x: PLOT.right - 4, anchor: 'end' }) : write({ ...text, x: PLOT.left + 6 });
}

function frame({ x, y }: Place, top: number, from: number, to: number): string {
  const days = dayTicks(from, to, 7);
  const turns = days.map((day, index) => {
    const before = days[index - 1];
    return before !== undefined && new Date(before).getUTCFullYear() !== new Date(day).getUTCFullYear();
  });
  return [
    ...percentTicks(top).map(percent =>
      [
        line('grid', PLOT.left, y(percent), PLOT.right, y(percent)),
        write({ x: PLOT.left - 6, y: y(percent) + 4, text: `${percent}%`, look: 'small soft', anchor: 'end' }),
      ].join(''),
    ),
    ...days
      .filter(day => x(day) < PLOT.right - 20)
      .map(day => {
        const place = Math.max(x(day), PLOT.left + 14);
        const text = dayLabel(day, turns[days.indexOf(day)] === true);
        return `${line('grid', x(day), PLOT.bottom, x(day), PLOT.bottom + 4)}${write({ x: place, y: PLOT.bottom + 18, text, look: 'small soft', anchor: 'middle' })}`;
      }),
  ].join('');
}

/** One SVG document. A chart without forecast shows the past alone, and its sentence says why. */
export function capacityChart(chart: CapacityChart): string {
  const times = [chart.now, ...chart.history.map(point => point.at), ...chart.forecast.map(point => point.at)];
  const span = { from: Math.min(...times), to: Math.max(...times) };
  const from = Math.min(span.from, chart.now - DAY_MS);
  const to = Math.max(span.to, chart.now + DAY_MS / 2);
  const top = topOf(chart);
  const place: Place = { x: scaleOf(from, to, PLOT.left, PLOT.right), y: scaleOf(0, top, PLOT.bottom, PLOT.top) };
  const limit = place.y(chart.thresholdPercent);
  const nowX = place.x(chart.now);
  const head = wrapped(chart.simulated ? `${chart.title} (simulated)` : chart.title, 66, 1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escaped(chart.title)}</title><desc id="d">${escaped(chart.sentence)}</desc><style>${STYLE}</style>`,
    `<clipPath id="plot"><rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}"/></clipPath>`,
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    ...head.map(text => write({ x: 14, y: 24, text, look: 'head' })),
    ...wrapped(chart.sentence, 82, 2).map((text, index) => write({ x: 14, y: 44 + 17 * index, text })),
    legend(chart),
    frame(place, top, from, to),
    `<g clip-path="url(#plot)">`,
    crossingWindow(chart, place, to),
    ...(chart.forecast.length > 0
      ? [
          band(chart, place, 'wide', 'p2_5', 'p97_5'),
          band(chart, place, 'narrow', 'p10', 'p90'),
          `<path class="median" d="${path(chart.forecast.map(point => [place.x(point.at), place.y(point.p50)] as const))}"/>`,
        ]
      : []),
    chart.history.length > 0 ? pastPath(chart.history, place) : '',
    '</g>',
    line('limit', PLOT.left, limit, PLOT.right, limit),
    limitText(chart, place),
    line('now', nowX, PLOT.top, nowX, PLOT.bottom),
    write({ x: Math.min(nowX + 4, PLOT.right - 24), y: PLOT.bottom - 6, text: 'now', look: 'small soft halo' }),
    '</svg>',
  ].join('');
}
