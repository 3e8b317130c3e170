/** What a contractor does to machines beside upgrading them, by the simulation's talosctl in this process. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Authorization } from '../../../src/model/authorization.ts';
import type { EffectKind } from '../../../src/model/effect.ts';
import type { MachineActions } from '../../../src/ports/talos-machines.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import type { Command } from '../../../src/talosctl/argv.ts';
import { machineCommands } from '../../../src/talosctl/machine-commands.ts';
import { noMachineActions } from '../../ports/no-machines.ts';
import type { WorldContractor } from './world-contractor.ts';
import { ask, type Reached, reach } from './world-talosctl.ts';

const KUBECONFIG = 'apiVersion: v1\nkind: Config\n';

/** Those that the procedures of the sweeps use; the others are nobody's. */
export function machineActions(
  world: SavedWorld,
  contractor: WorldContractor,
  assertMay: (authorization: Authorization, effect: EffectKind) => void,
): MachineActions {
  const said = async (target: Reached, command: Command, signal: AbortSignal): Promise<string> =>
    (await ask(world, target, command, signal)).stdout.trim();
  return {
    ...noMachineActions,
    patchConfig: async (authorization, { patch, mode, ...target }, signal, beforeSent) => {
      assertMay(authorization, 'patch_config');
      await beforeSent?.();
      const detail = await said(target, machineCommands.patchConfig(patch, mode, false), signal);
      return { changed: true, reboots: false, detail };
    },
    applyConfig: async (authorization, { path, mode, maintenance, ...target }, signal, beforeSent) => {
      assertMay(authorization, 'apply_config');
      await beforeSent?.();
      const reached = { ...target, ...(maintenance && { insecure: true as const }) };
      const detail = await said(reached, machineCommands.applyConfig(path, mode, false), signal);
      return { changed: true, reboots: true, detail };
    },
    bootstrap: async (authorization, attempt, _signal, beforeSent) => {
      assertMay(authorization, 'bootstrap');
      await beforeSent?.();
      return contractor.dispatch({ kind: 'bootstrap', command: machineCommands.bootstrap(), ...attempt });
    },
    recoverEtcd: async (authorization, { path, ...attempt }, _signal, beforeSent) => {
      assertMay(authorization, 'recover_etcd');
      await beforeSent?.();
      const command = machineCommands.recoverEtcd(path);
      return contractor.dispatch({ kind: 'recover_etcd', command, ...attempt });
    },
    rotateCertificates: async (authorization, { authority, talosconfigPath, ...attempt }, _signal, beforeSent) => {
      assertMay(authorization, 'rotate_certificates');
      await beforeSent?.();
      const command = machineCommands.rotateCa(authority, talosconfigPath);
      return contractor.dispatch({ kind: 'rotate_certificates', command, ...attempt });
    },
    writeKubeconfig: async (authorization, { path, ...target }, _signal, beforeSent) => {
      assertMay(authorization, 'write_kubeconfig');
      await beforeSent?.();
      reach(world, target);
      // Credentials are made by a simulation that listens, and there is none here: a file in their place.
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, KUBECONFIG, { mode: 0o600 });
      const sha256 = createHash('sha256').update(KUBECONFIG).digest('hex');
      return { path, sha256, bytes: KUBECONFIG.length, server: '', expiresAt: undefined };
    },
    leaveEtcd: async (authorization, target, signal, beforeSent) => {
      assertMay(authorization, 'leave_etcd');
      await beforeSent?.();
      return said(target, machineCommands.etcdLeave(), signal);
    },
    removeEtcdMember: async (authorization, { memberId, ...target }, signal, beforeSent) => {
      assertMay(authorization, 'remove_etcd_member');
      await beforeSent?.();
      return said(target, machineCommands.etcdRemoveMember(memberId), signal);
    },
    reset: async (authorization, { graceful, reboots, labels, ...attempt }, _signal, beforeSent) => {
      assertMay(authorization, 'reset');
      await beforeSent?.();
      const command = machineCommands.reset(graceful, reboots, labels);
      return contractor.dispatch({ kind: 'reset', command, ...attempt });
    },
    upgradeKubernetes: async (authorization, { from, to, kubelets, ...attempt }, _signal, beforeSent) => {
      assertMay(authorization, 'upgrade_kubernetes');
      await beforeSent?.();
      const command = machineCommands.upgradeKubernetes(from, to, kubelets);
      return contractor.dispatch({ kind: 'upgrade_kubernetes', command, ...attempt });
    },
  };
}
