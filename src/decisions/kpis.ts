/** The division's 17 success metrics (seed lines 461-486, R219-R236): met, missed, or no data; none is ever invented. */

interface Kpi {
  unit: 'percent' | 'minutes' | 'trend_tokens';
  target: string;
  isMet(value: number): boolean;
}

const atLeast = (limit: number): Kpi => ({ unit: 'percent', target: `>= ${limit}`, isMet: value => value >= limit });
const above = (limit: number): Kpi => ({ unit: 'percent', target: `> ${limit}`, isMet: value => value > limit });
const below = (limit: number, unit: Kpi['unit'] = 'percent'): Kpi => ({
  unit,
  target: `< ${limit}`,
  isMet: value => value < limit,
});
const between = (least: number, most: number): Kpi => ({
  unit: 'percent',
  target: `${least}-${most}`,
  isMet: value => value >= least && value <= most,
});

const kpis = {
  cluster_uptime: atLeast(99.9),
  node_availability: atLeast(99.5),
  pod_success_rate: above(98),
  deployment_success: above(95),
  recovery_time: below(15, 'minutes'),
  task_success_rate: above(95),
  response_time: below(2, 'minutes'),
  error_rate: below(2),
  api_availability: above(99.5),
  token_utilization: between(70, 85),
  /** Tokens a deployment now, less those before: falling is well. */
  cost_per_deployment: below(0, 'trend_tokens'),
  emergency_reserve_usage: below(5),
  budget_variance: below(10),
  pod_crash_rate: below(1),
  resource_utilization: between(60, 75),
  image_pull_success: above(99),
  service_availability: above(99.5),
} as const satisfies Record<string, Kpi>;

export type KpiName = keyof typeof kpis;

export interface KpiReading {
  value: number | null;
  unit: Kpi['unit'];
  target: string;
  status: 'met' | 'missed' | 'no_data';
}

/** Every KPI with its target; those not among `values` have no data. */
export function evaluateKpis(values: Partial<Record<KpiName, number | undefined>>): Record<KpiName, KpiReading> {
  const readings = Object.entries<Kpi>(kpis).map(([name, kpi]): [string, KpiReading] => {
    const value = values[name as KpiName];
    const status = value === undefined ? 'no_data' : kpi.isMet(value) ? 'met' : 'missed';
    return [name, { value: value ?? null, unit: kpi.unit, target: kpi.target, status }];
  });
  return Object.fromEntries(readings) as Record<KpiName, KpiReading>;
}
