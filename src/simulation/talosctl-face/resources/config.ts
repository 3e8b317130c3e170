import type { Machine } from '../../world/machine.ts';
import { configOf, configVersionOf } from '../../world/machine-config.ts';
import { yaml } from '../yaml.ts';
import type { ResourceKind } from './resource.ts';

/** The machine configuration; its spec is a text. */
export const machineConfig: ResourceKind = {
  type: 'MachineConfigs.config.talos.dev',
  display: 'MachineConfig',
  aliases: ['mc'],
  columns: [],
  resources: (cluster, machine: Machine) => {
    if (machine.stage === 'maintenance') return [];
    const active = configOf(cluster, machine);
    const persistent = machine.config?.staged ?? machine.config?.before_try?.document ?? active;
    return [
      { id: 'v1alpha1', document: active },
      { id: 'persistent', document: persistent },
    ].map(({ id, document }) => ({
      namespace: 'config',
      id,
      version: configVersionOf(machine),
      createdMs: machine.booted_ms,
      spec: {},
      text: yaml(document),
    }));
  },
};
