import { readFileSync } from 'node:fs';
import { bootstrapCluster } from '../../world/bootstrap.ts';
import { checksumProblem, snapshotInfo } from '../../world/etcd-snapshot.ts';
import { isOn, textOf } from '../argv.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Command, Run, Target } from '../run.ts';
import { infoText } from './etcd.ts';

const failing = (code: string, why: string): TalosctlFailure =>
  new TalosctlFailure(`error executing bootstrap: ${rpcError(code, why)}`);

/** Throws what the node answers before it would bootstrap (contractors.md 3.8). */
function checkAllowed({ machine }: Target): void {
  if (machine.stage !== 'booting' && machine.stage !== 'running')
    throw failing('FailedPrecondition', 'bootstrap is not available yet');
  if (machine.role !== 'controlplane')
    throw failing('FailedPrecondition', 'bootstrap can only be performed on a control plane node');
  if (machine.etcd_is_empty !== true) throw failing('AlreadyExists', 'etcd data directory is not empty');
}

/** The snapshot named, looked at and uploaded. Throws talosctl's error when it cannot be. */
function upload(run: Run, path: string, { machine }: Target): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(run.path(path));
  } catch {
    throw new TalosctlFailure(`stat ${path}: no such file or directory`);
  }
  const info = snapshotInfo(bytes);
  if (info === undefined)
    throw new TalosctlFailure(`error opening snapshot file ${JSON.stringify(path)}: invalid database`);
  run.sink.out(`recovering from snapshot ${JSON.stringify(path)}: ${infoText(info)}\n`);
  if (machine.etcd_is_empty !== true || machine.role !== 'controlplane') {
    throw new TalosctlFailure(
      `error uploading snapshot: ${rpcError('FailedPrecondition', 'etcd service is not ready for recovery yet')}`,
    );
  }
  return bytes;
}

/** `talosctl bootstrap [--recover-from SNAPSHOT]`: once in a cluster's life, or after all of etcd's data was lost. */
export const bootstrap: Command = {
  path: 'bootstrap',
  role: 'os:admin',
  flags: [
    { name: 'recover-from', type: 'text' },
    { name: 'recover-skip-hash-check', type: 'bool' },
  ],
  async run(run) {
    const target = await run.single();
    const path = textOf(run.values, 'recover-from');
    const bytes = path === undefined ? undefined : upload(run, path, target);
    checkAllowed(target);
    if (bytes !== undefined && !isOn(run.values, 'recover-skip-hash-check', false)) {
      const problem = checksumProblem(bytes);
      if (problem !== undefined) throw failing('Unknown', `error restoring etcd snapshot: ${problem}`);
    }
    bootstrapCluster(target.cluster, target.machine, bytes);
  },
};
