import type { Phase, Playbook } from './playbook.ts';

const turns = (name: string, source: string, gate: string): Phase => ({
  mode: 'turns',
  name,
  decider: 'talos_upgrade',
  gate,
  source,
});

/** Seed 95, 199 and 447-455: the operating system of every node, one node after the other; the order is SAFETY 10's. */
export const talosUpgrade: Playbook = {
  name: 'talos_upgrade',
  title: 'Talos upgrade',
  purpose: 'Upgrades Talos on clusters, one wave after the other, each node drained, installed, rebooted and proved.',
  source: 'seed 199, 447-455',
  cadence: 'as_needed',
  action: 'node.upgrade',
  clusters: 'one_after_the_other',
  phases: [
    turns('preflight and snapshot', 'seed 647', 'nothing speaks against it, etcd is healthy'),
    turns('control plane', 'seed 644, SAFETY 10', 'one at a time, every etcd member healthy before each'),
    turns('canary', 'seed 646', 'the control plane is done and healthy'),
    turns('workers', 'seed 447-457', 'one at a time, all nodes Ready before each'),
    turns('verify', 'seed 431', 'all nodes Ready at the target, etcd and API servers healthy'),
  ],
};
