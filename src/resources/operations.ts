import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import { operationNamed } from '../views/find-operation.ts';
import { operationAddress } from '../views/operation-view.ts';
import { LISTED_OF_A_FAMILY } from './listed.ts';

const operationIds = async (front: FrontEnd): Promise<string[]> =>
  (await front.division.operations()).operations.map(operation => operation.operation_id);

const operation: ResourceFamily<FrontEnd> = {
  name: 'operation',
  title: 'Operation',
  description: 'The whole record of one operation: every node, attempt, snapshot and figure.',
  uri: 'gm://operations/{operation_id}',
  keepMs: 0,
  read: (front, { operation_id: operationId = '' }, signal) => operationNamed(front, operationId, signal),
  list: async front =>
    (await operationIds(front))
      .slice(0, LISTED_OF_A_FAMILY)
      .map(operationId => ({ uri: operationAddress(operationId), name: `Operation ${operationId}` })),
  complete: { operation_id: operationIds },
};

const events: ResourceFamily<FrontEnd> = {
  name: 'operation_events',
  title: 'Events of an operation',
  description: 'Everything that happened in one operation, oldest first.',
  uri: 'gm://operations/{operation_id}/events',
  keepMs: 0,
  async read(front, { operation_id: operationId = '' }, signal) {
    const { simulated } = await operationNamed(front, operationId, signal);
    return { operation_id: operationId, simulated, events: await front.division.events(operationId, 0) };
  },
  complete: { operation_id: operationIds },
};

export const operationResources: readonly ResourceFamily<FrontEnd>[] = [operation, events];
