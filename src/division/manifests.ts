import { createHash } from 'node:crypto';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import type { Operation } from '../model/operation.ts';
import type { ApplyKey, Manifests } from '../ports/workloads.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode } from './file-system.ts';
import { openPrivateFiles } from './private-files.ts';

const PriorFile = z.object({
  record_version: z.literal(1),
  operation_id: z.string().optional(),
  prior: z.array(
    z.object({
      ref: z.object({
        apiVersion: z.string(),
        kind: z.string(),
        namespace: z.string().optional(),
        name: z.string(),
      }),
      uid: z.string().optional(),
      applied: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const beforeIn = (snapshotDirectory: string): string => join(snapshotDirectory, 'private', 'before');

/** Beside the private files; what was there before an apply may hold what its Secrets held. */
export function openManifests(snapshotDirectory: string): Manifests {
  const files = openPrivateFiles(snapshotDirectory);
  const directory = beforeIn(snapshotDirectory);
  const pathOf = (key: ApplyKey): string =>
    join(
      directory,
      `${createHash('sha256')
        .update(canonicalize(key) ?? '')
        .digest('hex')}.json`,
    );
  const prior = async (key: ApplyKey) => {
    const path = pathOf(key);
    let text: string;
    try {
      text = (await diskFileSystem.read(path)).toString('utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw diskError(error, 'read', path);
    }
    const read = PriorFile.safeParse(parsed(text));
    if (!read.success) {
      const remedy = 'look at what the operation applied and take it back by hand';
      throw new DivisionError('RECORD_CORRUPT', `${path} does not say what was there before`, remedy);
    }
    return read.data.prior.map(({ ref, uid, applied }) => ({
      ref: { ...ref, namespace: ref.namespace },
      uid,
      applied,
    }));
  };
  return {
    read: sha256 => files.read(sha256),
    prior,
    async keepPrior(key, objects) {
      if ((await prior(key)) !== undefined) return;
      await ensureDirectory(diskFileSystem, directory);
      await writeAtomically(
        diskFileSystem,
        pathOf(key),
        JSON.stringify({ record_version: 1, operation_id: key.operationId, prior: objects }),
      );
    },
  };
}

/** Someone who sees days later that a deployment was none may still want it back by hand; the operation itself needs it no more. */
const KEPT_AFTER_END_MS = 7 * 24 * 3_600_000;

/**
 * Removes what was there before the applies of operations that ended well over a week ago: it may hold secrets. One that failed may be
 * resumed and take its apply back, so its file stays. Returns how many went. [INTERNAL when the disk refuses]
 */
export async function forgetPriors(
  snapshotDirectory: string,
  operations: readonly Pick<Operation, 'operation_id' | 'status' | 'finished_at'>[],
  now: number,
): Promise<number> {
  const over = new Set(
    operations
      .filter(({ status }) => status === 'succeeded' || status === 'cancelled')
      .filter(({ finished_at: at }) => at !== undefined && Date.parse(at) + KEPT_AFTER_END_MS < now)
      .map(({ operation_id: id }) => id),
  );
  if (over.size === 0) return 0;
  const directory = beforeIn(snapshotDirectory);
  try {
    const paths = (await diskFileSystem.names(directory)).map(name => join(directory, name));
    const owners = await Promise.all(
      paths.map(async path => PriorFile.safeParse(parsed((await diskFileSystem.read(path)).toString('utf8')))),
    );
    const gone = paths.filter((_path, index) => over.has(owners[index]?.data?.operation_id ?? ''));
    for (const path of gone) await diskFileSystem.remove(path);
    return gone.length;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw diskError(error, 'remove', directory);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
