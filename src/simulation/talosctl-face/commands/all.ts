import type { Command } from '../run.ts';
import { configContexts, configInfo } from './config.ts';
import { etcdAlarms, etcdForfeit, etcdMembers, etcdSnapshot, etcdStatus } from './etcd.ts';
import { get } from './get.ts';
import { health } from './health.ts';
import { dmesg, logs } from './logs.ts';
import { read } from './read.ts';
import { reboot, rollback, shutdown } from './reboot.ts';
import { services } from './services.ts';
import { upgrade } from './upgrade.ts';
import { version } from './version.ts';

/** Everything this talosctl can do. */
export const COMMANDS: readonly Command[] = [
  configContexts,
  configInfo,
  dmesg,
  etcdAlarms,
  etcdForfeit,
  etcdMembers,
  etcdSnapshot,
  etcdStatus,
  get,
  health,
  logs,
  read,
  reboot,
  rollback,
  services,
  shutdown,
  upgrade,
  version,
];
