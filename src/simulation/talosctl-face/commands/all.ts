import type { Command } from '../run.ts';
import { applyConfig } from './apply-config.ts';
import { bootstrap } from './bootstrap.ts';
import { configContexts, configInfo, configNew } from './config.ts';
import { containers, stats } from './containers.ts';
import { etcdAlarms, etcdMembers, etcdSnapshot, etcdStatus } from './etcd.ts';
import { etcdAlarmDisarm, etcdDefrag, etcdForfeit, etcdLeave, etcdRemoveMember } from './etcd-membership.ts';
import { get } from './get.ts';
import { health } from './health.ts';
import { imageList, imagePull } from './image.ts';
import { kubeconfig } from './kubeconfig.ts';
import { dmesg, logs } from './logs.ts';
import { disks, memory, time } from './memory.ts';
import { patch } from './patch.ts';
import { read } from './read.ts';
import { reboot, rollback, shutdown } from './reboot.ts';
import { reset } from './reset.ts';
import { rotateCa } from './rotate-ca.ts';
import { services } from './services.ts';
import { upgrade } from './upgrade.ts';
import { upgradeK8s } from './upgrade-k8s.ts';
import { version } from './version.ts';

/** Everything this talosctl can do. */
export const COMMANDS: readonly Command[] = [
  applyConfig,
  bootstrap,
  configContexts,
  configInfo,
  configNew,
  containers,
  disks,
  dmesg,
  etcdAlarmDisarm,
  etcdAlarms,
  etcdDefrag,
  etcdForfeit,
  etcdLeave,
  etcdMembers,
  etcdRemoveMember,
  etcdSnapshot,
  etcdStatus,
  get,
  health,
  imageList,
  imagePull,
  kubeconfig,
  logs,
  memory,
  patch,
  read,
  reboot,
  reset,
  rollback,
  rotateCa,
  services,
  shutdown,
  stats,
  time,
  upgrade,
  upgradeK8s,
  version,
];
