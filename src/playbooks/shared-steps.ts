import type { PlaybookStep } from './playbook.ts';

/** Steps that several playbooks have, word for word. */

export const holdLeaseStep: PlaybookStep = {
  id: 'hold_lease',
  title: 'One operation a cluster',
  source: 'SAFETY 6',
  action: { does: 'hold_lease' },
  by: 'kubernetes',
  capability: 'lease.hold',
  gate: 'no other operation holds the cluster',
  minutes: 0,
  tokens: 20,
};

export const cordonStep: PlaybookStep = {
  id: 'cordon',
  title: 'Cordon node (stop new pod scheduling)',
  source: 'seed 450',
  action: { does: 'cordon' },
  by: 'kubernetes',
  capability: 'node.cordon',
  gate: 'unschedulable, with our name and the prior state on it',
  minutes: 0,
  tokens: 40,
  undoneBy: { does: 'uncordon' },
};

export const drainStep: PlaybookStep = {
  id: 'drain',
  title: 'Drain node (gracefully evict pods)',
  source: 'seed 451',
  action: { does: 'drain' },
  by: 'kubernetes',
  capability: 'pod.evict',
  gate: 'seen empty twice, volumes detached, every budget kept',
  minutes: 5,
  tokens: 40,
};

/** The gate before and after a node or phase (seed 431: verify cluster health after each phase). */
export const awaitHealthStep = (id: string, title: string, source: string, minutes = 1): PlaybookStep => ({
  id,
  title,
  source,
  action: { does: 'await_health' },
  by: 'talos',
  capability: 'etcd.status',
  gate: 'every node Ready, every API server answers, every etcd member healthy',
  minutes,
  tokens: 20,
});

/** What is there serves: the gate of whatever brought a cluster up. */
export const smokeStep = (id: string, title: string, source: string): PlaybookStep => ({
  id,
  title,
  source,
  action: { does: 'check', subject: 'smoke', must_hold: true },
  by: 'kubernetes',
  capability: 'facts.read',
  gate: 'API, DNS and nodes serve',
  minutes: 2,
  tokens: 60,
});

export const backupStep: PlaybookStep = {
  id: 'snapshot',
  title: 'Backup etcd',
  source: 'seed 717',
  action: { does: 'snapshot_etcd' },
  by: 'talos',
  capability: 'etcd.snapshot',
  gate: 'its trailing sha256 is verified',
  minutes: 2,
  tokens: 40,
};

/** Told however it ended (seed 293). */
export const reportStep: PlaybookStep = {
  id: 'report',
  title: 'Report completion',
  source: 'seed 293',
  action: { does: 'hand_off', handoff: 'report_to_coo' },
  by: 'division',
  capability: 'handoff.send',
  gate: 'the COO was told',
  minutes: 0,
  tokens: 100,
  inAnyCase: true,
};
