import { kubeletShortcoming, kubernetesTarget } from '../../decisions/kubernetes-upgrade.ts';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { endpointsFor } from '../../decisions/upgrade-turn.ts';
import { onNode } from './in-cluster.ts';
import type { StepPerformer } from './step.ts';

/**
 * One drained node's kubelet, by a patch of its machine config, which converges: look, then repeat (SAFETY 3). Proved by Kubernetes:
 * the target's version, the same boot, Ready, a fresh Lease (SAFETY 4).
 */
export const upgradeKubelet: StepPerformer<'upgrade_kubelet'> = async context => {
  const { task, progress, now } = context;
  const target = task.playbook === 'kubernetes_upgrade' ? kubernetesTarget(task.to_version) : undefined;
  if (target === undefined) return { kind: 'skip', reason: 'no Kubernetes version was asked for' };
  const { cluster, node, target: planned } = await onNode(context);
  const bootId = progress.result?.boot_id;
  if (typeof bootId !== 'string') {
    return { ...waitingFor(`${node.name} is looked at`), pollMs: 1, result: { boot_id: node.bootId } };
  }
  if (node.bootId !== bootId) {
    return {
      kind: 'failed',
      code: 'NODE_NOT_READY',
      reason: `${node.name} booted while its kubelet was changed`,
      remedy: `look at ${node.name} (investigate), then control_operation resume`,
      evidence: [`boot id ${bootId} → ${node.bootId}`],
    };
  }
  const shortcoming = kubeletShortcoming(node, target, now, limits.leaseFreshMs);
  if (shortcoming === undefined) {
    return {
      kind: 'done',
      reason: `kubelet of ${node.name} is ${target}`,
      evidence: [`kubelet ${node.kubeletVersion}, Ready, Lease fresh`, `boot id ${bootId} as before`],
    };
  }
  if (progress.last_outcome?.result === 'ok') return waitingFor(shortcoming);
  if (!node.unschedulable) {
    return {
      kind: 'failed',
      code: 'OPERATION_CONFLICT',
      reason: `${node.name} was uncordoned by somebody`,
      remedy: 'control_operation resume drains it again',
    };
  }
  return {
    kind: 'effect',
    reason: `${node.name} is drained`,
    effect: {
      kind: 'patch_config',
      cluster: cluster.config.name,
      node: node.name,
      address: planned.address,
      endpoints: endpointsFor(planned.address, cluster.config.talos.endpoints),
      system_uuid: planned.system_uuid,
      patch: { machine: { kubelet: { image: `ghcr.io/siderolabs/kubelet:${target}` } } },
      mode: 'no-reboot',
    },
  };
};

const waitingFor = (reason: string) => ({
  kind: 'wait' as const,
  reason,
  whatEndsIt: 'the new kubelet registers, Ready',
  pollMs: limits.pollMs,
  atMostMs: limits.proofMs,
  remedy: 'look at the node’s kubelet (investigate), then control_operation resume',
});
