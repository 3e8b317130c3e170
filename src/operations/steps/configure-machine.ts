import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { machineConfigPath, readMachineConfig, wantedMachine } from '../machine-config.ts';
import { firstConfig } from './first-config.ts';
import { type OnMachine, onMachine } from './on-machine.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';
import { undefinedOrThrow } from './unanswered.ts';

/**
 * Gives a machine in maintenance its configuration, which installs Talos and joins it; `bootstrap` is no part of that: a cluster has it
 * once, ever (ledger R324). The configuration lies in secrets_dir, as it holds the cluster's secrets.
 */
export const configureMachine: StepPerformer<'configure_machine'> = async context => {
  const machine = onMachine(context);
  const { cluster, where, systemUuid } = machine;
  const fresh = await cluster.talos.maintenanceMachine(where, context.signal).catch(undefinedOrThrow);
  if (fresh === undefined) return systemUuid === undefined ? configured(context, machine) : accepted(where.address);
  if (systemUuid === undefined) {
    // Which machine it is has to be on disk before it is changed: later it may not be taken for another (SAFETY 1).
    return {
      ...waitingFor(`${where.address} is in maintenance`),
      pollMs: 1,
      result: { system_uuid: fresh.systemUuid },
    };
  }
  if (fresh.systemUuid.toLowerCase() !== systemUuid.toLowerCase()) {
    return {
      kind: 'failed',
      code: 'CONTRACTOR_SUSPECT',
      reason: `${where.address} is another machine than before`,
      remedy: 'look at it, then plan again',
    };
  }
  if (context.progress.last_outcome?.result === 'ok') return waitingFor(`${where.address} installs`);
  const path = machineConfigPath(context.ports.secretsDirectory, cluster.config.name, machine.role);
  const { sha256, problem } = await readMachineConfig(path, wantedMachine(context.task, machine.role));
  if (sha256 === undefined || problem !== undefined) {
    return {
      kind: 'failed',
      code: sha256 === undefined ? 'NOT_FOUND' : 'INPUT_INVALID',
      reason: sha256 === undefined ? `there is no machine configuration ${path}` : `${path} ${problem}`,
      remedy: `put the ${machine.role} configuration of ${cluster.config.name} there (0600), then control_operation resume`,
    };
  }
  return firstConfig({ cluster, where, systemUuid, path, sha256 });
};

const accepted = (address: string): StepLook => ({
  kind: 'done',
  reason: `${address} has left maintenance`,
  evidence: ['it took its configuration'],
});

/** Configured before we came, or not there: only a machine without a configuration may be given one. */
async function configured({ signal, task }: StepScene, { cluster, where }: OnMachine): Promise<StepLook> {
  const seen = await cluster.talos.machine(where, signal).catch(undefinedOrThrow);
  // A cluster that is still to be created has no Kubernetes that could name it.
  const nodes = task.playbook === 'create_cluster' ? [] : await cluster.kubernetes.nodes(signal);
  const node = nodes.find(({ internalIp }) => internalIp === where.address);
  if (node && seen?.systemUuid?.toLowerCase() === node.systemUuid.toLowerCase()) {
    return {
      kind: 'done',
      reason: `${where.address} is node ${node.name} already`,
      result: { system_uuid: node.systemUuid },
    };
  }
  if (seen?.systemUuid !== undefined) {
    return {
      kind: 'failed',
      code: 'OPERATION_CONFLICT',
      reason: `${where.address} has a configuration already, and is no node here`,
      remedy: 'look at what it belongs to; reset it, or name another machine',
    };
  }
  return waitingFor(`${where.address} does not answer in maintenance`);
}

const waitingFor = (reason: string): Extract<StepLook, { kind: 'wait' }> => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'the machine answers, and takes its configuration',
  pollMs: limits.pollMs,
  atMostMs: 30 * 60_000,
  remedy: 'look at the machine’s console; then control_operation resume',
});
