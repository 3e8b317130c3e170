import type { MachineActions, MachineReads } from '../../src/ports/talos-machines.ts';

const nobody = (): Promise<never> => Promise.reject(new Error('no machine is asked, and nothing is done to one, here'));

/** For doubles of a cluster on which nothing but an upgrade is done. */
export const noMachineReads: MachineReads = {
  certificates: nobody,
  disks: nobody,
  services: nobody,
  logs: nobody,
  dmesg: nobody,
  time: nobody,
  memory: nobody,
  stats: nobody,
  containers: nobody,
  images: nobody,
  etcdMembers: nobody,
  maintenanceMachine: nobody,
  previewConfig: nobody,
  previewPatch: nobody,
  kubernetesUpgradePlan: nobody,
  rotationPlan: nobody,
};

export const noMachineActions: MachineActions = {
  applyConfig: nobody,
  patchConfig: nobody,
  bootstrap: nobody,
  recoverEtcd: nobody,
  reset: nobody,
  shutdown: nobody,
  rollbackBoot: nobody,
  upgradeKubernetes: nobody,
  rotateCertificates: nobody,
  removeEtcdMember: nobody,
  leaveEtcd: nobody,
  defragment: nobody,
  disarmAlarm: nobody,
  writeKubeconfig: nobody,
};
