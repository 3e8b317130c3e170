/** What a contractor reads of machines beside what an upgrade asks for, by the simulation's talosctl in this process. */
import type { MachineReads } from '../../../src/ports/talos-machines.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { type Command, commands } from '../../../src/talosctl/argv.ts';
import { machineCommands } from '../../../src/talosctl/machine-commands.ts';
import { readCertificates } from '../../../src/talosctl/readers/certificates.ts';
import { readLogs } from '../../../src/talosctl/readers/logs.ts';
import { readRotation } from '../../../src/talosctl/readers/rotation.ts';
import { readServices } from '../../../src/talosctl/readers/services.ts';
import { readSystemUuid } from '../../../src/talosctl/readers/system-information.ts';
import { noMachineReads } from '../../ports/no-machines.ts';
import { ask, type Reached } from './world-talosctl.ts';

const LINES = 100;
const certified = [
  ['talos', 'apicertificates'],
  ['kubernetes', 'kubernetesdynamiccerts'],
  ['etcd', 'etcdsecrets'],
] as const;

/** Those that the procedures of the sweeps ask for; the others are nobody's. */
export function machineReads(world: SavedWorld): MachineReads {
  const said = async (target: Reached, command: Command, signal: AbortSignal): Promise<string> =>
    (await ask(world, target, command, signal)).stdout;
  return {
    ...noMachineReads,
    services: async (target, signal) => readServices(await said(target, commands.services(), signal)),
    logs: async ({ service, tailLines = LINES, ...target }, signal) =>
      readLogs(await said(target, commands.logs(service, tailLines), signal), target.address, tailLines),
    dmesg: async ({ tailLines = LINES, ...target }, signal) =>
      readLogs(await said(target, machineCommands.dmesg(), signal), target.address, tailLines),
    certificates: async (target, signal) => {
      const found = await Promise.all(
        certified.map(async ([kind, resource]) =>
          readCertificates(await said(target, commands.get(resource), signal), resource).map(read => ({
            kind,
            ...read,
          })),
        ),
      );
      const facts = found.flat().map(({ notBefore, expiresAt, ...which }) => ({
        ...which,
        notBefore: notBefore.getTime(),
        expiresAt: expiresAt.getTime(),
      }));
      return { certificates: facts, unanswered: [] };
    },
    maintenanceMachine: async ({ address, endpoints }, signal) => {
      const machine: Reached = { address, endpoints, insecure: true };
      const systemUuid = readSystemUuid(await said(machine, commands.get('systeminformation'), signal));
      return { address, systemUuid, disks: [] };
    },
    rotationPlan: async ({ authority, ...target }, signal) => {
      const { control_plane, workers } = readRotation(
        await said(target, machineCommands.rotationPlan(authority), signal),
      );
      return { controlPlane: control_plane, workers };
    },
  };
}
