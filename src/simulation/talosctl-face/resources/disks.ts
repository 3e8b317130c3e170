import { bytesText } from '../humanize.ts';
import type { ResourceKind } from './resource.ts';
import { column } from './resource.ts';

const SIZE_BYTES = 512_110_190_592;

const disk: ResourceKind = {
  type: 'Disks.block.talos.dev',
  display: 'Disk',
  columns: [
    { name: 'SIZE', value: spec => String(spec.pretty_size) },
    { name: 'READ ONLY', value: spec => String(spec.readonly) },
    column('TRANSPORT', 'transport'),
    { name: 'ROTATIONAL', value: spec => (spec.rotational === true ? 'true' : '') },
    column('WWID', 'wwid'),
    column('MODEL', 'model'),
    column('SERIAL', 'serial'),
  ],
  resources: (_cluster, machine) => [
    {
      namespace: 'runtime',
      id: 'sda',
      owner: 'block.DisksController',
      createdMs: machine.booted_ms,
      spec: {
        dev_path: '/dev/sda',
        size: SIZE_BYTES,
        pretty_size: bytesText(SIZE_BYTES),
        io_size: 512,
        sector_size: 512,
        readonly: false,
        cdrom: false,
        model: 'SIMULATED SSD',
        serial: machine.system_uuid.slice(-12).toUpperCase(),
        wwid: `naa.5${machine.system_uuid.replaceAll('-', '').slice(0, 15)}`,
        transport: 'sata',
        rotational: false,
      },
    },
  ],
};

const systemDisk: ResourceKind = {
  type: 'SystemDisks.block.talos.dev',
  display: 'SystemDisk',
  columns: [column('DISK', 'diskID')],
  resources: (_cluster, machine) =>
    Object.keys(machine.slots).length === 0
      ? []
      : [
          {
            namespace: 'runtime',
            id: 'system-disk',
            owner: 'block.SystemDiskController',
            createdMs: machine.booted_ms,
            spec: { diskID: 'sda', devPath: '/dev/sda' },
          },
        ],
};

/** What a node says of its disks. */
export const DISK_KINDS: readonly ResourceKind[] = [disk, systemDisk];
