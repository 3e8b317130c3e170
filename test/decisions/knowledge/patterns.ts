/** Patterns as different tools write them. */
import { knownPattern } from '../../../src/decisions/knowledge.ts';
import type { KnownPattern } from '../../../src/model/knowledge.ts';

/** gm-common's: percent, an approach. */
export const commonPattern = {
  pattern_id: 'rolling-upgrade-control-plane-first',
  name: 'Rolling Talos upgrade, control plane first',
  description: 'Upgrade the control plane nodes one at a time, the etcd leader last, then the workers.',
  use_cases: ['talos upgrade', 'minor version'],
  approach: {
    contractors: ['talos'],
    steps: ['snapshot', 'cordon', 'drain', 'install'],
    duration: '45m',
    tokens: 4500,
  },
  success_rate: 97,
  observations: 31,
  notes: 'forfeit leadership before the last one',
};

/** The contractors' schema: 0 to 1, `pattern` for a text. */
export const contractorPattern = {
  pattern_id: 'etcd-defragment',
  contractor: 'talos-contractor',
  category: 'maintenance',
  pattern: 'Defragment etcd when its database is over half of the quota, one member at a time',
  confidence: 0.9,
  success_rate: 0.875,
  created_at: '2026-01-04T10:00:00-06:00',
};

export const networkPattern = {
  pattern_id: 'staging-worker-7-nic',
  name: 'Flapping NIC on staging-worker-7',
  description: 'staging-worker-7 went NotReady: its NIC renegotiated after the upgrade to v1.12.4. Pin the speed.',
  use_cases: ['node failure'],
  context: { clusters: ['staging'], versions: ['v1.12.4'] },
  success_rate: 100,
  observations: 1,
};

export function known(...raw: Record<string, unknown>[]): KnownPattern[] {
  return raw.flatMap(fields => knownPattern(fields, 'cluster-patterns.jsonl') ?? []);
}
