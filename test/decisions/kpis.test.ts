import { describe, expect, it } from 'vitest';
import { evaluateKpis, type KpiName } from '../../src/decisions/kpis.ts';

const statusOf = (name: KpiName, value: number) => evaluateKpis({ [name]: value })[name].status;

describe('the targets of the seed (lines 464 to 486)', () => {
  it.each<[string, KpiName, number, number]>([
    ['R219', 'cluster_uptime', 99.9, 99.89],
    ['R220', 'node_availability', 99.5, 99.49],
    ['R221', 'pod_success_rate', 98.1, 98],
    ['R222', 'deployment_success', 95.1, 95],
    ['the limit of recovery', 'recovery_time', 14.9, 15],
    ['R224', 'task_success_rate', 95.1, 95],
    ['the limit of an answer', 'response_time', 1.9, 2],
    ['R226', 'error_rate', 1.9, 2],
    ['R227', 'api_availability', 99.6, 99.5],
    ['R230', 'emergency_reserve_usage', 4.9, 5],
    ['R231', 'budget_variance', 9.9, 10],
    ['R232', 'pod_crash_rate', 0.9, 1],
    ['the share of pulled images', 'image_pull_success', 99.1, 99],
    ['R235', 'service_availability', 99.6, 99.5],
  ])('%s: %s is met at %d and missed at %d', (_id, name, met, missed) => {
    expect([statusOf(name, met), statusOf(name, missed)]).toEqual(['met', 'missed']);
  });

  it.each<[string, KpiName, number, number]>([
    ['R228', 'token_utilization', 70, 85],
    ['R233', 'resource_utilization', 60, 75],
  ])('%s: %s has a band, both ends in it', (_id, name, least, most) => {
    const around = [least - 0.1, least, most, most + 0.1];
    expect(around.map(value => statusOf(name, value))).toEqual(['missed', 'met', 'met', 'missed']);
  });

  it('R236: without any history all 17 have no data, and none is invented', () => {
    const readings = Object.values(evaluateKpis({}));
    expect(readings).toHaveLength(17);
    for (const reading of readings) expect(reading).toMatchObject({ value: null, status: 'no_data' });
  });
});
