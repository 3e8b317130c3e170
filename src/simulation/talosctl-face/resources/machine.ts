import type { Machine } from '../../world/machine.ts';
import type { ResourceKind } from './resource.ts';
import { column } from './resource.ts';

/** Stage names as MachineStatus spells them. */
const STAGES: Readonly<Record<Machine['stage'], string>> = {
  booting: 'booting',
  running: 'running',
  rebooting: 'rebooting',
  upgrading: 'upgrading',
  'shutting down': 'shuttingDown',
  maintenance: 'maintenance',
  off: 'shuttingDown',
};

const machineStatus: ResourceKind = {
  type: 'MachineStatuses.runtime.talos.dev',
  display: 'MachineStatus',
  aliases: ['ms', 'machinestatuses'],
  columns: [
    column('STAGE', 'stage'),
    { name: 'READY', value: spec => String((spec.status as { ready: boolean }).ready) },
  ],
  resources: (_cluster, machine) => {
    const unmetConditions =
      machine.stage === 'booting' && !machine.is_ready
        ? [{ name: 'nodeReady', reason: `node "${machine.name}" is not ready` }]
        : [];
    return [
      {
        namespace: 'runtime',
        id: 'machine',
        version: 10 + machine.boots,
        owner: 'runtime.MachineStatusController',
        createdMs: machine.booted_ms,
        spec: { stage: STAGES[machine.stage], status: { ready: machine.is_ready, unmetConditions } },
      },
    ];
  },
};

const systemInformation: ResourceKind = {
  type: 'SystemInformations.hardware.talos.dev',
  display: 'SystemInformation',
  aliases: ['systeminfo'],
  columns: [
    column('MANUFACTURER', 'manufacturer'),
    column('PRODUCTNAME', 'productName'),
    column('VERSION', 'version'),
    column('SERIALNUMBER', 'serialnumber'),
    column('UUID', 'uuid'),
    column('WAKEUPTYPE', 'wakeUpType'),
    column('SKUNUMBER', 'skuNumber'),
  ],
  resources: (_cluster, machine) => [
    {
      namespace: 'hardware',
      id: 'systeminformation',
      owner: 'hardware.SystemInfoController',
      createdMs: machine.booted_ms,
      spec: {
        manufacturer: 'Simulated',
        productName: 'Rehearsal Server',
        version: '1.0',
        serialnumber: machine.system_uuid.slice(0, 8).toUpperCase(),
        uuid: machine.system_uuid,
        wakeUpType: 'Power Switch',
        skuNumber: '',
      },
    },
  ],
};

const version: ResourceKind = {
  type: 'Versions.runtime.talos.dev',
  display: 'Version',
  columns: [column('VERSION', 'version')],
  resources: (_cluster, machine) => [
    {
      namespace: 'runtime',
      id: 'version',
      owner: 'runtime.VersionController',
      createdMs: machine.booted_ms,
      spec: { version: machine.running.version },
    },
  ],
};

const extensions: ResourceKind = {
  type: 'ExtensionStatuses.runtime.talos.dev',
  display: 'ExtensionStatus',
  aliases: ['extensions', 'extension'],
  columns: [
    { name: 'NAME', value: spec => (spec.metadata as { name: string }).name },
    { name: 'VERSION', value: spec => (spec.metadata as { version: string }).version },
  ],
  resources: (cluster, machine) => {
    const { schematic } = machine.running;
    const installed = (cluster.schematics[schematic] ?? []).map(({ name, version: release }, index) => ({
      id: String(index),
      image: `${index}.${name}.sqsh`,
      metadata: { name, version: release, author: 'Sidero Labs', description: `${name} of the simulation` },
    }));
    const own = {
      id: 'schematic',
      image: '',
      metadata: { name: 'schematic', version: schematic, author: 'Image Factory', description: 'Virtual extension.' },
    };
    return [...installed, { ...own, id: String(installed.length) }].map(({ id, ...spec }) => ({
      namespace: 'runtime',
      id,
      owner: 'runtime.ExtensionStatusController',
      createdMs: machine.booted_ms,
      spec,
    }));
  },
};

const platformMetadata: ResourceKind = {
  type: 'PlatformMetadatas.talos.dev',
  display: 'PlatformMetadata',
  columns: [
    column('PLATFORM', 'platform'),
    column('TYPE', 'instanceType'),
    column('REGION', 'region'),
    column('ZONE', 'zone'),
  ],
  resources: (_cluster, machine) => [
    {
      namespace: 'runtime',
      id: 'platformmetadata',
      owner: 'network.PlatformConfigController',
      createdMs: machine.booted_ms,
      spec: { platform: machine.platform },
    },
  ],
};

const securityState: ResourceKind = {
  type: 'SecurityStates.talos.dev',
  display: 'SecurityState',
  columns: [column('SECUREBOOT', 'secureBoot'), column('UKISIGNINGKEYFINGERPRINT', 'ukiSigningKeyFingerprint')],
  resources: (_cluster, machine) => [
    {
      namespace: 'runtime',
      id: 'securitystate',
      owner: 'runtime.SecurityStateController',
      createdMs: machine.booted_ms,
      spec: { secureBoot: false, ukiSigningKeyFingerprint: '', pcrSigningKeyFingerprint: '', bootedWithUKI: false },
    },
  ],
};

/** What a node says of its own machine. */
export const MACHINE_KINDS: readonly ResourceKind[] = [
  machineStatus,
  systemInformation,
  version,
  extensions,
  platformMetadata,
  securityState,
];
