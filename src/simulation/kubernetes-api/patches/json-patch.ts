import { applyPatch, type Operation } from 'rfc6902';
import { copy, isObject } from '../json.ts';
import { badRequest, unprocessable } from '../status.ts';

const OPERATIONS: readonly string[] = ['add', 'remove', 'replace', 'move', 'copy', 'test'];

function readOperation(operation: unknown): Operation {
  if (!isObject(operation) || typeof operation.path !== 'string' || typeof operation.op !== 'string')
    throw badRequest('error decoding patch: every operation needs "op" and "path"');
  if (!OPERATIONS.includes(operation.op)) throw unprocessable();
  const needsFrom = operation.op === 'move' || operation.op === 'copy';
  if (needsFrom && typeof operation.from !== 'string') throw unprocessable();
  if (operation.path.split('/').includes('__proto__')) throw unprocessable();
  return operation as unknown as Operation;
}

/**
 * RFC 6902: all operations or none. Throws 400 for a body that is no list, 422 when an operation does not apply (a
 * `test` that fails, a path that is not there).
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  const patched = { root: copy(target) };
  for (const operation of patch.map(readOperation)) {
    const rooted = { ...operation, path: `/root${operation.path}` };
    const moved = 'from' in rooted ? { ...rooted, from: `/root${rooted.from}` } : rooted;
    const [failure] = applyPatch(patched, [moved]);
    if (failure !== null && failure !== undefined) throw unprocessable();
  }
  return patched.root;
}
