import type { ForecastMade, HourlyPoint } from '../src/decisions/forecast/answer.ts';
import { firstSustained } from '../src/decisions/forecast/crossing.ts';
import { forecastSeries } from '../src/decisions/forecast/forecast-series.ts';
import { quantile } from '../src/decisions/forecast/statistics.ts';
import { knownCluster } from './forecast-clusters.ts';
import { type ForecastData, forecastData, type HourlySeries } from './forecast-data.ts';
import { naive2, predictLinear, rivals, seasonalNaive } from './forecast-rivals.ts';
import { median } from './measure.ts';
import type { Row } from './result.ts';

const HOUR_MS = 3_600_000;
const DAY = 24;
const START_MS = Date.UTC(2026, 0, 5);
const LEAST_ERROR = 1e-12;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const geometricMean = (ratios: readonly number[]): number => Math.exp(mean(ratios.map(Math.log)));
const errorOf = (said: readonly number[], came: readonly number[]): number =>
  Math.max(LEAST_ERROR, mean(came.map((value, step) => Math.abs(value - (said[step] ?? 0)))));

interface Asked {
  threshold?: number;
  ceiling?: number;
}

function forecast(history: ArrayLike<number>, horizonDays: number, asked: Asked = {}): ForecastMade {
  const samples = Array.from(history, (value, hour) => ({ at_ms: START_MS + hour * HOUR_MS, value }));
  const now = START_MS + history.length * HOUR_MS - 1;
  const made = forecastSeries({ samples, unit: 'units', now_ms: now, horizon_days: horizonDays, ...asked });
  if (made.verdict !== 'forecast') throw new Error(made.message);
  return made;
}

/** The forecaster against naive, seasonal naive, predict_linear and Holt-Winters from the same rolling origins. */
export async function forecastQuality(): Promise<Row[]> {
  const data = forecastData();
  return [
    ...accuracy(data, 1, 7, 8, { ratio: 0.75, linear: 0.65 }),
    ...accuracy(data, 7, 14, 4, { ratio: 0.83, linear: 0.75 }),
    ...competition(data),
    ...crossings(90),
    speed(),
  ];
}

interface Gate {
  ratio: number;
  linear: number;
}

/** Origins spread evenly from the first that leaves `trainingDays` to the last that leaves the horizon. */
function origins(count: number, hours: number, trainingDays: number, most: number): number[] {
  const first = DAY * (trainingDays > 7 && count < 540 ? 7 : trainingDays);
  const last = count - hours;
  if (last < first) return [];
  const asked = Math.min(most, Math.floor((last - first) / DAY) + 1);
  const all = Array.from({ length: asked }, (_, place) =>
    Math.round(last - (asked === 1 ? 0 : ((last - first) * place) / (asked - 1))),
  );
  return [...new Set(all)];
}

/** A history that hardly moves from day to day has nothing to be forecast. */
function moves(history: readonly number[]): boolean {
  const change = mean(history.slice(DAY).map((value, place) => Math.abs(value - (history[place] ?? 0))));
  return change > 1e-4 * mean(history.map(Math.abs));
}

function accuracy(
  { operations, source }: ForecastData,
  days: number,
  training: number,
  most: number,
  gate: Gate,
): Row[] {
  const hours = days * DAY;
  const ratios: number[] = [];
  const rivalRatios = new Map(Object.keys(rivals).map(name => [name, [] as number[]]));
  const linearRatios: number[] = [];
  const covered = { within80: [] as number[], within95: [] as number[] };
  for (const { y } of operations) {
    const shares = { within80: [] as number[], within95: [] as number[] };
    for (const origin of origins(y.length, hours, training, most)) {
      const [history, came] = [y.slice(0, origin), y.slice(origin, origin + hours)];
      const seasonal = errorOf(seasonalNaive(history, hours), came);
      if (!moves(history) || seasonal <= LEAST_ERROR) continue;
      const { hourly } = forecast(history, days);
      const ours = errorOf(
        hourly.map(({ p50 }) => p50),
        came,
      );
      ratios.push(ours / seasonal);
      linearRatios.push(ours / errorOf(predictLinear(history, hours), came));
      for (const [name, rival] of Object.entries(rivals)) {
        rivalRatios.get(name)?.push(errorOf(rival(history, hours), came) / seasonal);
      }
      shares.within80.push(shareWithin(hourly, came, 'p10', 'p90'));
      shares.within95.push(shareWithin(hourly, came, 'p2_5', 'p97_5'));
    }
    // By series first, so that long ones do not outweigh the rest.
    if (shares.within80.length === 0) continue;
    covered.within80.push(mean(shares.within80));
    covered.within95.push(mean(shares.within95));
  }
  const what = `forecast ${days === 1 ? 'a day' : 'a week'} ahead`;
  const note = `rolling origins, ${ratios.length} tasks; ${source}`;
  const peers = Object.fromEntries([...rivalRatios].map(([name, those]) => [name, geometricMean(those)]));
  return [
    {
      what: `${what}, error to that of seasonal naive`,
      unit: 'times',
      value: geometricMean(ratios),
      peers,
      targets: [{ atMost: gate.ratio }],
      note: `geometric mean; ${note}`,
    },
    {
      what: `${what}, error to that of predict_linear 7 d`,
      unit: 'times',
      value: geometricMean(linearRatios),
      targets: [{ atMost: gate.linear }],
    },
    coverage(`${what}, 80 % band`, 100 * mean(covered.within80), [78, 90]),
    coverage(`${what}, 95 % band`, 100 * mean(covered.within95), [91, 97]),
  ];
}

type Bound = 'p2_5' | 'p10' | 'p90' | 'p97_5';

function shareWithin(points: readonly HourlyPoint[], came: readonly number[], low: Bound, high: Bound): number {
  const within = came.filter((value, step) => {
    const point = points[step];
    return point !== undefined && value >= point[low] && value <= point[high];
  });
  return within.length / came.length;
}

function coverage(what: string, percent: number, [low, high]: readonly [number, number]): Row {
  return {
    what: `${what}, off the middle of ${low}–${high} % of the values`,
    unit: 'points',
    value: Math.abs(percent - (low + high) / 2),
    targets: [{ atMost: (high - low) / 2 }],
    note: `it covers ${percent.toFixed(1)} %`,
  };
}

/** The M4 competition's measure: sMAPE and MASE over those of its benchmark, averaged. */
function competition({ competition: series }: ForecastData): Row[] {
  if (series.length === 0) return [];
  const hours = 2 * DAY;
  const ours = score(series, history => forecast(history, 2).hourly.map(({ p50 }) => p50), hours);
  const base = score(series, history => naive2(history, hours), hours);
  const owa = ({ smape, mase }: Score): number => (smape / base.smape + mase / base.mase) / 2;
  const peers = Object.fromEntries(
    Object.entries(rivals).map(([name, rival]) => [name, owa(score(series, history => rival(history, hours), hours))]),
  );
  return [
    {
      what: 'forecast of M4 Hourly, overall weighted average (OWA)',
      unit: 'of Naive 2',
      value: owa(ours),
      peers,
      targets: [{ atMost: 0.45 }],
      note: `${series.length} series, 48 hours ahead: sMAPE ${ours.smape.toFixed(2)}, MASE ${ours.mase.toFixed(3)}; the winner of the competition had an OWA of 0.440 on all 414`,
    },
  ];
}

interface Score {
  smape: number;
  mase: number;
}

function score(series: readonly HourlySeries[], say: (history: readonly number[]) => number[], hours: number): Score {
  const each = series.map(({ y }) => {
    const [history, came] = [y.slice(0, -hours), y.slice(-hours)];
    const said = say(history);
    const usual = mean(history.slice(DAY).map((value, place) => Math.abs(value - (history[place] ?? 0))));
    const relative = came.map((value, step) => {
      const other = said[step] ?? 0;
      return (200 * Math.abs(value - other)) / Math.max(LEAST_ERROR, Math.abs(value) + Math.abs(other));
    });
    return { smape: mean(relative), mase: errorOf(said, came) / usual };
  });
  return { smape: mean(each.map(({ smape }) => smape)), mase: mean(each.map(({ mase }) => mase)) };
}

const THRESHOLD = 80;
const HORIZON_DAYS = 120;
const JUDGED_DAYS = 60;
const CLUSTERS = 400;

/** When the daily 95th percentile stays above 80 % for three days, against the future of made clusters. */
function crossings(historyDays: number): Row[] {
  const squares: number[] = [];
  const lineSquares: number[] = [];
  const [ours, line] = [
    { missed: 0, false: 0 },
    { missed: 0, false: 0 },
  ];
  let [crossed, stayed] = [0, 0];
  for (let seed = 1; seed <= CLUSTERS; seed++) {
    const cluster = knownCluster(seed * 7 + historyDays, historyDays, HORIZON_DAYS);
    const { crossing } = forecast(cluster.history, HORIZON_DAYS, { threshold: THRESHOLD, ceiling: 100 });
    if (crossing === null || crossing.already_above) continue;
    const came = firstSustained(dailyLevels(cluster.future), THRESHOLD);
    const lineDay = lineCrosses([...cluster.history].filter(Number.isFinite));
    const isBy = (day: number | undefined): number => (day !== undefined && day < JUDGED_DAYS ? 1 : 0);
    squares.push(((crossing.probability_by_day[JUDGED_DAYS - 1] ?? 0) - isBy(came)) ** 2);
    lineSquares.push((isBy(lineDay) - isBy(came)) ** 2);
    if (came === undefined) stayed++;
    else crossed++;
    for (const [tally, says] of [
      [ours, crossing.p50 !== null],
      [line, lineDay !== undefined],
    ] as const) {
      if (came === undefined && says) tally.false++;
      if (came !== undefined && !says) tally.missed++;
    }
  }
  const what = `crossing of ${THRESHOLD} % from ${historyDays} days of history`;
  const note = `${squares.length} made clusters, ${crossed} cross within ${HORIZON_DAYS} days`;
  const percent = (count: number, all: number): number => (100 * count) / all;
  const peer = 'predict_linear 7 d';
  return [
    {
      what: `${what}, Brier score at ${JUDGED_DAYS} days`,
      unit: '',
      value: mean(squares),
      peers: { [peer]: mean(lineSquares) },
      targets: [{ atMost: 0.065 }],
      note,
    },
    {
      what: `${what}, missed`,
      unit: '%',
      value: percent(ours.missed, crossed),
      peers: { [peer]: percent(line.missed, crossed) },
      targets: [{ atMost: 12 }],
    },
    {
      what: `${what}, false alarms`,
      unit: '%',
      value: percent(ours.false, stayed),
      peers: { [peer]: percent(line.false, stayed) },
      targets: [{ atMost: 12 }],
    },
  ];
}

function dailyLevels(hours: Float64Array): Float64Array {
  return new Float64Array(hours.length / DAY).map((_, day) => quantile(hours.slice(day * DAY, (day + 1) * DAY), 0.95));
}

function lineCrosses(history: readonly number[]): number | undefined {
  const path = predictLinear(history, HORIZON_DAYS * DAY);
  const hour = path.findIndex(value => value >= THRESHOLD);
  return hour < 0 ? undefined : Math.floor(hour / DAY);
}

function speed(): Row {
  const { history } = knownCluster(1, 84, 0);
  const points = history.slice(-2000);
  const ask = (): ForecastMade => forecast(points, HORIZON_DAYS, { threshold: THRESHOLD, ceiling: 100 });
  ask();
  const took = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    ask();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return {
    what: `forecast of ${points.length.toLocaleString('en-US')} hourly points for ${HORIZON_DAYS} days, processor time`,
    unit: 'ms',
    value: median(took),
    targets: [{ atMost: 200 }],
  };
}
