import { join } from 'node:path';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Our own folders among the operations: no operation may be called so. */
const RESERVED = new Set(['requests', 'receipts']);

/** True when `id` may be a file or folder name of ours: no separators, no leading dot, at most 128 characters. */
export function isRecordId(id: string): boolean {
  return ID.test(id) && !RESERVED.has(id);
}

/** Where things are in a division directory (CONTRACT, Division directory). Callers check ids with `isRecordId` first. */
export function layoutOf(directory: string) {
  const operations = join(directory, 'operations');
  const requests = join(operations, 'requests');
  const plans = join(directory, 'plans');
  const context = join(directory, 'context');
  const approvals = join(directory, 'approvals');
  const knowledge = join(directory, 'knowledge-base');
  return {
    directory,
    operations,
    requests,
    quarantine: join(requests, 'quarantine'),
    /** Written by front ends that want an executor to be there. */
    wanted: join(operations, 'executor.wanted'),
    plans,
    context,
    approvals,
    knowledge,
    operationsLog: join(directory, 'logs', 'operations.log'),
    /** Folders of the seed's tree and ours, made by the executor. */
    folders: [
      context,
      join(directory, 'handoffs', 'incoming'),
      join(directory, 'handoffs', 'outgoing'),
      knowledge,
      join(directory, 'logs'),
      requests,
      plans,
      join(directory, 'reports'),
    ],
    operation: (id: string) => join(operations, id),
    record: (id: string) => join(operations, id, 'record.json'),
    journal: (id: string) => join(operations, id, 'journal.jsonl'),
    request: (id: string) => join(requests, `${id}.json`),
    plan: (hash: string) => join(plans, `${hash}.json`),
    approval: (id: string) => join(approvals, `${id}.json`),
    knowledgeFile: (name: string) => join(knowledge, name),
    report: (type: string, name: string) => join(directory, 'reports', type, `${name}.json`),
    contextFile: (name: string) => join(context, `${name}.json`),
  } as const;
}
export type Layout = ReturnType<typeof layoutOf>;
