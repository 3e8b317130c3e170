import type { KubeObject } from '../../world/store.ts';
import { asList, asNumber, asObjects, asText, at, isObject } from '../json.ts';
import { AGE, ageOf, type Column, labelText, NAME, valueColumn } from './column.ts';

const memberCount = (value: unknown): number => (isObject(value) ? Object.keys(value).length : 0);

const servicePorts = (service: KubeObject): string => {
  const ports = asObjects(at(service, 'spec', 'ports')).map(port => {
    const node = port.nodePort === undefined ? '' : `:${asNumber(port.nodePort)}`;
    return `${asNumber(port.port)}${node}/${asText(port.protocol, 'TCP')}`;
  });
  return ports.length === 0 ? '<none>' : ports.join(',');
};

const SERVICE: readonly Column[] = [
  NAME,
  valueColumn('Type', ['spec', 'type'], 'ClusterIP'),
  valueColumn('Cluster-IP', ['spec', 'clusterIP'], '<none>'),
  { name: 'External-IP', cell: () => '<none>' },
  { name: 'Port(s)', cell: servicePorts },
  AGE,
  { name: 'Selector', wide: true, cell: service => labelText(at(service, 'spec', 'selector')) },
];

const eventTime = (event: KubeObject): unknown =>
  event.lastTimestamp ?? at(event, 'series', 'lastObservedTime') ?? event.eventTime ?? event.metadata.creationTimestamp;

const EVENT: readonly Column[] = [
  { name: 'Last Seen', cell: (event, nowMs) => ageOf(eventTime(event), nowMs) },
  valueColumn('Type', ['type'], ''),
  valueColumn('Reason', ['reason'], ''),
  {
    name: 'Object',
    cell: event =>
      `${asText(at(event, 'involvedObject', 'kind')).toLowerCase()}/${asText(at(event, 'involvedObject', 'name'))}`,
  },
  valueColumn('Subobject', ['involvedObject', 'fieldPath'], '', { wide: true }),
  {
    name: 'Source',
    wide: true,
    cell: event => asText(at(event, 'source', 'component')) || asText(event.reportingComponent),
  },
  { name: 'Message', cell: event => asText(event.message).trim() },
  { name: 'First Seen', wide: true, cell: (event, nowMs) => ageOf(event.firstTimestamp ?? eventTime(event), nowMs) },
  valueColumn('Count', ['count'], 1, { wide: true }),
  { ...NAME, wide: true },
];

const accessModes = (path: readonly string[]): Column => ({
  name: 'Access Modes',
  cell: object =>
    asList(at(object, ...path))
      .map(mode => ({ ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX' })[asText(mode)] ?? 'RWOP')
      .join(','),
});

const CLAIM: readonly Column[] = [
  NAME,
  {
    name: 'Status',
    cell: claim => (claim.metadata.deletionTimestamp ? 'Terminating' : asText(at(claim, 'status', 'phase'))),
  },
  valueColumn('Volume', ['spec', 'volumeName'], ''),
  valueColumn('Capacity', ['status', 'capacity', 'storage'], ''),
  accessModes(['status', 'accessModes']),
  valueColumn('StorageClass', ['spec', 'storageClassName'], ''),
  valueColumn('VolumeAttributesClass', ['spec', 'volumeAttributesClassName'], '<unset>'),
  AGE,
  valueColumn('VolumeMode', ['spec', 'volumeMode'], 'Filesystem', { wide: true }),
];

const VOLUME: readonly Column[] = [
  NAME,
  valueColumn('Capacity', ['spec', 'capacity', 'storage'], ''),
  accessModes(['spec', 'accessModes']),
  valueColumn('Reclaim Policy', ['spec', 'persistentVolumeReclaimPolicy'], 'Retain'),
  {
    name: 'Status',
    cell: volume => (volume.metadata.deletionTimestamp ? 'Terminating' : asText(at(volume, 'status', 'phase'))),
  },
  {
    name: 'Claim',
    cell: volume => {
      const claim = at(volume, 'spec', 'claimRef');
      return claim === undefined ? '' : `${asText(at(claim, 'namespace'))}/${asText(at(claim, 'name'))}`;
    },
  },
  valueColumn('StorageClass', ['spec', 'storageClassName'], ''),
  valueColumn('VolumeAttributesClass', ['spec', 'volumeAttributesClassName'], '<unset>'),
  valueColumn('Reason', ['status', 'reason'], ''),
  AGE,
  valueColumn('VolumeMode', ['spec', 'volumeMode'], 'Filesystem', { wide: true }),
];

/** Tables of the smaller kinds, by store key. */
export const OTHER_COLUMNS: Record<string, readonly Column[]> = {
  services: SERVICE,
  events: EVENT,
  persistentvolumeclaims: CLAIM,
  persistentvolumes: VOLUME,
  namespaces: [NAME, valueColumn('Status', ['status', 'phase'], 'Active'), AGE],
  configmaps: [
    NAME,
    { name: 'Data', type: 'integer', cell: object => memberCount(object.data) + memberCount(object.binaryData) },
    AGE,
  ],
  secrets: [
    NAME,
    valueColumn('Type', ['type'], 'Opaque'),
    { name: 'Data', type: 'integer', cell: object => memberCount(object.data) },
    AGE,
  ],
  serviceaccounts: [NAME, { name: 'Secrets', type: 'integer', cell: object => asList(object.secrets).length }, AGE],
  'leases.coordination.k8s.io': [NAME, valueColumn('Holder', ['spec', 'holderIdentity'], ''), AGE],
  'controllerrevisions.apps': [
    NAME,
    {
      name: 'Controller',
      cell: ({ metadata }) => {
        const owner = metadata.ownerReferences?.find(reference => reference.controller === true);
        return owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}.apps/${owner.name}`;
      },
    },
    valueColumn('Revision', ['revision'], 0),
    AGE,
  ],
  'storageclasses.storage.k8s.io': [
    NAME,
    valueColumn('Provisioner', ['provisioner'], ''),
    valueColumn('ReclaimPolicy', ['reclaimPolicy'], 'Delete'),
    valueColumn('VolumeBindingMode', ['volumeBindingMode'], 'Immediate'),
    { name: 'AllowVolumeExpansion', cell: object => String(object.allowVolumeExpansion === true) },
    AGE,
  ],
  'volumeattachments.storage.k8s.io': [
    NAME,
    valueColumn('Attacher', ['spec', 'attacher'], ''),
    valueColumn('PV', ['spec', 'source', 'persistentVolumeName'], ''),
    valueColumn('Node', ['spec', 'nodeName'], ''),
    { name: 'Attached', cell: object => String(at(object, 'status', 'attached') === true) },
    AGE,
  ],
  'priorityclasses.scheduling.k8s.io': [
    NAME,
    valueColumn('Value', ['value'], 0),
    { name: 'Global-Default', cell: object => String(object.globalDefault === true) },
    AGE,
    valueColumn('PreemptionPolicy', ['preemptionPolicy'], 'PreemptLowerPriority'),
  ],
};

/** What a kind without a printer of its own shows. */
export const PLAIN_COLUMNS: readonly Column[] = [
  NAME,
  { name: 'Created At', type: 'date', cell: object => object.metadata.creationTimestamp },
];
