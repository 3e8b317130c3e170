import { asNumber, at } from '../json.ts';
import { AGE, type Column, labelText, NAME, TEMPLATE_COLUMNS, valueColumn } from './column.ts';

const readyOfWanted: Column = {
  name: 'Ready',
  cell: object => `${asNumber(at(object, 'status', 'readyReplicas'))}/${asNumber(at(object, 'spec', 'replicas'), 1)}`,
};

export const DEPLOYMENT_COLUMNS: readonly Column[] = [
  NAME,
  readyOfWanted,
  valueColumn('Up-to-date', ['status', 'updatedReplicas'], 0),
  valueColumn('Available', ['status', 'availableReplicas'], 0),
  AGE,
  ...TEMPLATE_COLUMNS,
];

export const REPLICA_SET_COLUMNS: readonly Column[] = [
  NAME,
  valueColumn('Desired', ['spec', 'replicas'], 0),
  valueColumn('Current', ['status', 'replicas'], 0),
  valueColumn('Ready', ['status', 'readyReplicas'], 0),
  AGE,
  ...TEMPLATE_COLUMNS,
];

export const STATEFUL_SET_COLUMNS: readonly Column[] = [NAME, readyOfWanted, AGE, ...TEMPLATE_COLUMNS.slice(0, 2)];

export const DAEMON_SET_COLUMNS: readonly Column[] = [
  NAME,
  valueColumn('Desired', ['status', 'desiredNumberScheduled'], 0),
  valueColumn('Current', ['status', 'currentNumberScheduled'], 0),
  valueColumn('Ready', ['status', 'numberReady'], 0),
  valueColumn('Up-to-date', ['status', 'updatedNumberScheduled'], 0),
  valueColumn('Available', ['status', 'numberAvailable'], 0),
  {
    name: 'Node Selector',
    cell: object => labelText(at(object, 'spec', 'template', 'spec', 'nodeSelector')),
  },
  AGE,
  ...TEMPLATE_COLUMNS,
];

export const BUDGET_COLUMNS: readonly Column[] = [
  NAME,
  valueColumn('Min Available', ['spec', 'minAvailable'], 'N/A'),
  valueColumn('Max Unavailable', ['spec', 'maxUnavailable'], 'N/A'),
  valueColumn('Allowed Disruptions', ['status', 'disruptionsAllowed'], 0),
  AGE,
];
