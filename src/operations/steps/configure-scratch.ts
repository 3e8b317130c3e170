import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { isWithin, machineConfigPath, readMachineConfig } from '../machine-config.ts';
import { etcdServiceOf, waitsForData } from './etcd-service.ts';
import { firstConfig } from './first-config.ts';
import { anotherMachine, isAnother, provedSnapshot, type ScratchMachine, scratchMachine } from './scratch-machine.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';
import { undefinedOrThrow } from './unanswered.ts';

/**
 * Makes the scratch cluster of a machine in maintenance (seed 238, ledger R139): only a machine without a configuration is taken, and
 * none that is a node of the cluster whose backup it is. Its control plane takes no pods, or those of the backup would begin to run.
 */
export const configureScratch: StepPerformer<'configure_scratch'> = async scene => {
  const machine = scratchMachine(scene);
  const { cluster, where, systemUuid } = machine;
  const { name, simulated, kubernetes } = cluster.config;
  provedSnapshot(scene);
  if (!simulated && !isWithin(scene.ports.secretsDirectory, kubernetes.kubeconfig)) {
    return refused(`the kubeconfig of ${name} is looked for outside secrets_dir, where none is written`);
  }
  const fresh = await cluster.talos.maintenanceMachine(where, scene.signal).catch(undefinedOrThrow);
  if (fresh === undefined) return systemUuid === undefined ? taken(scene, machine) : configured(scene, machine);
  if (systemUuid === undefined) return firstSeen(scene, machine, fresh.systemUuid);
  if (isAnother(fresh.systemUuid, systemUuid)) return anotherMachine(where.address);
  if (scene.progress.last_outcome?.result === 'ok') return waitingFor(`${where.address} installs`);
  const path = machineConfigPath(scene.ports.secretsDirectory, name, 'control-plane');
  const { sha256, problem } = await readMachineConfig(path, { role: 'control-plane', takesNoPods: true });
  if (sha256 === undefined || problem !== undefined) return refused(`${path} ${problem ?? 'is not there'}`);
  return firstConfig({ cluster, where, systemUuid, path, sha256 });
};

/** Which machine it is has to be on disk before it is changed: no other is wiped in the end (SAFETY 1). */
async function firstSeen({ signal }: StepScene, { source, where }: ScratchMachine, uuid: string): Promise<StepLook> {
  const nodes = await source.kubernetes.nodes(signal);
  if (nodes.some(node => !isAnother(node.systemUuid, uuid))) return anotherMachine(where.address);
  return { ...waitingFor(`${where.address} is in maintenance`), pollMs: 1, result: { system_uuid: uuid } };
}

/** It answers with a configuration that we did not give it, or not at all. */
async function taken({ signal }: StepScene, { cluster, where }: ScratchMachine): Promise<StepLook> {
  const seen = await cluster.talos.machine(where, signal, ['system_uuid', 'stage']).catch(undefinedOrThrow);
  return seen?.systemUuid === undefined
    ? waitingFor(`${where.address} does not answer in maintenance`)
    : refused(`${where.address} has a configuration already: it was not touched`);
}

async function configured({ signal }: StepScene, { cluster, where }: ScratchMachine): Promise<StepLook> {
  const service = await etcdServiceOf(cluster, where, signal);
  return waitsForData(service)
    ? { kind: 'done', reason: `etcd of ${cluster.config.name} waits for data`, evidence: [`service etcd: ${service}`] }
    : waitingFor(`etcd of ${where.address} is ${service ?? 'not known'}`);
}

const REMEDY =
  'give the scratch cluster one machine in maintenance, and its control-plane.yaml in secrets_dir/CLUSTER/ (0600); then plan again';

const refused = (reason: string): StepLook => ({ kind: 'failed', code: 'INPUT_INVALID', reason, remedy: REMEDY });

const waitingFor = (reason: string): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'the machine took its configuration, and its etcd waits for data',
  pollMs: limits.pollMs,
  atMostMs: 30 * 60_000,
  remedy: REMEDY,
});
