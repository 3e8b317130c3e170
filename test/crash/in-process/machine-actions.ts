/** What a contractor does to machines beside upgrading them, by the simulation's talosctl in this process. */
import type { Authorization } from '../../../src/model/authorization.ts';
import type { EffectKind } from '../../../src/model/effect.ts';
import type { MachineActions } from '../../../src/ports/talos-machines.ts';
import type { TalosTarget } from '../../../src/ports.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import type { Command } from '../../../src/talosctl/argv.ts';
import { machineCommands } from '../../../src/talosctl/machine-commands.ts';
import { noMachineActions } from '../../ports/no-machines.ts';
import type { WorldContractor } from './world-contractor.ts';
import { ask } from './world-talosctl.ts';

/** Those that the procedures of the sweeps use; the others are nobody's. */
export function machineActions(
  world: SavedWorld,
  contractor: WorldContractor,
  assertMay: (authorization: Authorization, effect: EffectKind) => void,
): MachineActions {
  const said = async (target: TalosTarget, command: Command, signal: AbortSignal): Promise<string> =>
    (await ask(world, target, command, signal)).stdout.trim();
  return {
    ...noMachineActions,
    patchConfig: async (authorization, { patch, mode, ...target }, signal, beforeSent) => {
      assertMay(authorization, 'patch_config');
      await beforeSent?.();
      const detail = await said(target, machineCommands.patchConfig(patch, mode, false), signal);
      return { changed: true, reboots: false, detail };
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
