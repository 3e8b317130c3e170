import type { PlaybookStep } from './playbook.ts';

/** Steps by which machines without a configuration become nodes (seed 696 to 702), of clusters that are there and of new ones. */

export const requestMachinesStep = (title: string, source: string): PlaybookStep => ({
  id: 'request',
  title,
  source,
  action: { does: 'hand_off', handoff: 'machines_from_infrastructure' },
  by: 'division',
  capability: 'handoff.send',
  gate: 'the request is on its way, or the machines are given',
  minutes: 0,
  tokens: 200,
});

export const awaitMachinesStep = (gate: string): PlaybookStep => ({
  id: 'machines',
  title: 'Receive provisioned VMs from Infrastructure',
  source: 'seed 697',
  action: { does: 'await_machines' },
  by: 'division',
  capability: 'handoff.read',
  gate,
  minutes: 15,
  tokens: 300,
});

export const configureStep: PlaybookStep = {
  id: 'configure',
  title: 'Bootstrap new nodes via Talos contractor',
  source: 'seed 698',
  action: { does: 'configure_machine' },
  by: 'talos',
  capability: 'config.apply',
  gate: 'the machine took its configuration',
  minutes: 4,
  tokens: 150,
};

export const joinStep: PlaybookStep = {
  id: 'join',
  title: 'Join nodes to cluster',
  source: 'seed 699',
  action: { does: 'await_join' },
  by: 'kubernetes',
  capability: 'facts.read',
  gate: 'the same machine is a Ready node',
  minutes: 4,
  tokens: 100,
};

export const labelStep = (gate: string): PlaybookStep => ({
  id: 'label',
  title: 'Label and taint nodes appropriately',
  source: 'seed 700',
  action: { does: 'label_node' },
  by: 'kubernetes',
  capability: 'node.label',
  gate,
  minutes: 1,
  tokens: 50,
});

export const newCapacityStep: PlaybookStep = {
  id: 'capacity',
  title: 'Update capacity metrics',
  source: 'seed 702',
  action: { does: 'record', record: 'capacity_sample' },
  by: 'division',
  capability: 'record.write',
  gate: 'a sample of the new capacity is on file',
  minutes: 0,
  tokens: 50,
  onFailure: 'go_on',
};
