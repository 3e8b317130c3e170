import { createHash } from 'node:crypto';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import * as z from 'zod';
import { DivisionError } from '../errors.ts';
import type { ApplyKey, Manifests } from '../ports/workloads.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskError } from './disk-error.ts';
import { diskFileSystem, errorCode } from './file-system.ts';
import { openPrivateFiles } from './private-files.ts';

const PriorFile = z.object({
  record_version: z.literal(1),
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

/** Beside the private files; what was there before an apply may hold what its Secrets held. */
export function openManifests(snapshotDirectory: string): Manifests {
  const files = openPrivateFiles(snapshotDirectory);
  const directory = join(snapshotDirectory, 'private', 'before');
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
      await writeAtomically(diskFileSystem, pathOf(key), JSON.stringify({ record_version: 1, prior: objects }));
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
