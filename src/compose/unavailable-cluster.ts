import type { DivisionError } from '../errors.ts';
import type { ClusterConfig } from '../model/config.ts';
import { unknownEtcdView } from '../model/facts.ts';
import type { ClusterPorts, ClusterWriters } from '../ports.ts';

export interface UnavailableCluster {
  ports: ClusterPorts & Required<Pick<ClusterPorts, 'symptoms' | 'usage'>>;
  writers: ClusterWriters;
}

/**
 * The ports of a cluster that can't be opened (its kubeconfig can't be read, its contractor is not in mcp.json): every call answers
 * with the reason, so that one cluster's mistake keeps no other from being looked at.
 */
export function unavailableCluster(config: ClusterConfig, reason: DivisionError): UnavailableCluster {
  const refuse = (): Promise<never> => Promise.reject(reason);
  const { name: cluster } = config;
  return {
    ports: {
      config,
      kubernetes: {
        cluster,
        identity: refuse,
        nodes: refuse,
        node: refuse,
        pods: refuse,
        budgets: refuse,
        volumeAttachments: refuse,
        servers: refuse,
        lease: refuse,
        missingPermissions: refuse,
        facts: refuse,
      },
      usage: { cluster, nodes: refuse, pods: refuse, each: refuse, writtenVersions: refuse },
      symptoms: { cluster, workload: refuse, node: refuse, pods: refuse, events: refuse, log: refuse },
      workloads: {
        cluster,
        object: refuse,
        list: refuse,
        rollout: refuse,
        revisions: refuse,
        endpoints: refuse,
        namespaces: refuse,
        dryRun: refuse,
        missingRights: refuse,
      },
      talos: {
        cluster,
        contractor: config.talos.contractor,
        capabilities: refuse,
        machine: refuse,
        etcd: async ({ address }) => unknownEtcdView(address, reason.message),
        attempt: refuse,
        certificates: refuse,
        disks: refuse,
        services: refuse,
        logs: refuse,
        dmesg: refuse,
        time: refuse,
        memory: refuse,
        stats: refuse,
        containers: refuse,
        images: refuse,
        etcdMembers: refuse,
        maintenanceMachine: refuse,
        previewConfig: refuse,
        previewPatch: refuse,
        kubernetesUpgradePlan: refuse,
        rotationPlan: refuse,
        usage: { calls: 0, failures: 0 },
      },
    },
    writers: {
      kubernetes: {
        cluster,
        cordon: refuse,
        uncordon: refuse,
        evict: refuse,
        holdLease: refuse,
        releaseLease: refuse,
      },
      workloads: {
        cluster,
        createNamespace: refuse,
        apply: refuse,
        restore: refuse,
        scale: refuse,
        restart: refuse,
        rollBack: refuse,
        deleteObjects: refuse,
        labelNode: refuse,
        taintNode: refuse,
        deleteNode: refuse,
      },
      manifests: { read: refuse, keepPrior: refuse, prior: refuse },
      talos: {
        cluster,
        snapshot: refuse,
        forfeitLeadership: refuse,
        install: refuse,
        reboot: refuse,
        applyConfig: refuse,
        patchConfig: refuse,
        bootstrap: refuse,
        recoverEtcd: refuse,
        reset: refuse,
        shutdown: refuse,
        rollbackBoot: refuse,
        upgradeKubernetes: refuse,
        rotateCertificates: refuse,
        removeEtcdMember: refuse,
        leaveEtcd: refuse,
        defragment: refuse,
        disarmAlarm: refuse,
        writeKubeconfig: refuse,
      },
    },
  };
}
