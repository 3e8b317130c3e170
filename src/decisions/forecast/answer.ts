/** One value of a resource at a moment; of a day kept as one sample, its 95th percentile. */
export interface Sample {
  at_ms: number;
  value: number;
}

export interface ForecastQuestion {
  /**
   * In any order and of any density: hourly, daily, or one after the other. A day of at least 12 hourly samples counts by its 95th
   * percentile; a day sampled more sparsely, away from hourly ones, by that of what it has.
   */
  samples: readonly Sample[];
  /** The unit of every value, as shown: `percent`, `millicores`, `pods`. */
  unit: string;
  /** In `unit`: the line whose crossing is asked for. */
  threshold?: number;
  /** In `unit`: no value can be above it. None can be below 0. */
  ceiling?: number;
  now_ms: number;
  /** From 1 to 730; other numbers are drawn to the nearest of them. */
  horizon_days: number;
  /** Of the simulated paths: same question and seed, same answer. */
  seed?: number;
}

/** What the value stays below with 2.5, 10, 50, 90 and 97.5 % probability. */
export interface Quantiles {
  p2_5: number;
  p10: number;
  p50: number;
  p90: number;
  p97_5: number;
}

/** The mean over the hour that begins at `at` (ISO, UTC). */
export interface HourlyPoint extends Quantiles {
  at: string;
}

/** The 95th percentile of the day's hours; `date` is a UTC day, `2026-11-23`. */
export interface DailyPoint extends Quantiles {
  date: string;
}

export interface LevelShift {
  date: string;
  /** In the question's unit; below 0: the level fell. */
  size: number;
}

/** The first day of at least `sustained_days` days in a row above the threshold. */
export interface Crossing {
  threshold: number;
  sustained_days: number;
  /** The last days of history are above it: the three dates are the day that began, every probability is 1. */
  already_above: boolean;
  /** Crossed by this day with 10, 50 and 90 % probability; null: later than the horizon. The day to act by is `p10`. */
  p10: string | null;
  p50: string | null;
  p90: string | null;
  /** Of having crossed by each of the `daily` points, in their order. It never falls. */
  probability_by_day: number[];
}

/** What the same method would have said of this very series at earlier times, against what came. */
export interface Backtest {
  origins: number;
  horizon_days: number;
  /** Mean absolute error in the question's unit. */
  mae: number;
  /** Of our error to that of the same hour a day before (daily: the same weekday); below 1 is better. null: it made no error. */
  ratio_to_seasonal_naive: number | null;
  /** Of our error to that of a straight line through the last 7 days (daily: 30 days), as `predict_linear` draws it. */
  ratio_to_linear: number | null;
  /** Share of the values that lay within the 80 % and the 95 % band. */
  coverage_80: number;
  coverage_95: number;
}

export type WarningCode =
  | 'not_numbers'
  | 'negative_values'
  | 'samples_from_the_future'
  | 'clock_steps'
  | 'duplicates'
  | 'resets'
  | 'gaps_filled'
  | 'history_ended_early'
  | 'short_history'
  | 'no_hourly_history'
  | 'no_yearly_seasonality'
  | 'horizon_beyond_history';

export interface ForecastWarning {
  code: WarningCode;
  message: string;
}

export interface InsufficientHistory {
  verdict: 'insufficient_history';
  reason: 'too_short' | 'too_many_gaps' | 'too_old';
  message: string;
  /** Days that have values. */
  have_days: number;
  need_days: number;
  warnings: ForecastWarning[];
}

export interface ForecastMade {
  verdict: 'forecast';
  unit: string;
  history: {
    resolution: 'hourly' | 'daily' | 'mixed';
    /** Days that have values. */
    days: number;
    /** Of the hours and days between the first and the last value: how many had none and were filled. */
    gaps_percent: number;
    /** The 95th percentile of each whole day, gaps filled. */
    daily: { date: string; value: number }[];
  };
  /** From the hour after `now_ms`, at most 7 days; empty without a week of hourly history. */
  hourly: HourlyPoint[];
  /** From the first day after history and not before that of `now_ms`, to the horizon. */
  daily: DailyPoint[];
  growth: {
    /** Of the daily 95th percentile over the coming 30 days, in the question's unit. */
    per_30_days: Quantiles;
    level_shifts: LevelShift[];
  };
  /** null: no threshold was given. */
  crossing: Crossing | null;
  backtest: {
    hourly: Backtest | null;
    daily: Backtest | null;
  };
  warnings: ForecastWarning[];
}

export type Forecast = ForecastMade | InsufficientHistory;
