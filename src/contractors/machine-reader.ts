import { DivisionError } from '../errors.ts';
import type { ConfigPatch } from '../model/config-patch.ts';
import type { EtcdMemberFacts } from '../model/facts.ts';
import type {
  CertificateView,
  ConfigPreviewFacts,
  ContainerFacts,
  ContainerUsageFacts,
  DiskFacts,
  ImageFacts,
  KubernetesUpgradeFacts,
  MaintenanceMachineFacts,
  MemoryFacts,
  RotationFacts,
  TalosServiceFacts,
  TimeFacts,
} from '../model/machine-facts.ts';
import type { MachineReads, SecretFile } from '../ports/talos-machines.ts';
import type { TalosTarget } from '../ports.ts';
import type { CallValues } from './call-arguments.ts';
import type { CapabilityAnswers, ReadCapability } from './capability-map.ts';
import type { OfMachine } from './readings.ts';

const DEFAULT_TAIL_LINES = 100;

/** Capabilities whose reading says which machine it is of. */
type MachineCapability = {
  [C in ReadCapability]: CapabilityAnswers[C] extends OfMachine<unknown> ? C : never;
}[ReadCapability];

/** Reads one machine through its cluster's contractor. Logs are foreign text, neither fenced nor redacted again. */
export abstract class MachineReader implements MachineReads {
  abstract readonly contractor: string;

  protected abstract read<C extends ReadCapability>(
    capability: C,
    values: Partial<CallValues>,
    signal: AbortSignal,
  ): Promise<CapabilityAnswers[C]>;

  async certificates(target: TalosTarget, signal: AbortSignal): Promise<CertificateView> {
    const { reading } = await this.#ofMachine('certificates.read', target, target, signal);
    if (reading.certificates.length > 0) return reading;
    throw new DivisionError(
      'CONTRACTOR_FAILED',
      `${this.contractor}: no certificate of ${target.address} could be read: ${reading.unanswered.join('; ')}`,
      'Check that the talosconfig has the role os:admin and that the node is up; then ask again.',
      { retry: 'later' },
    );
  }

  async disks(target: TalosTarget, signal: AbortSignal): Promise<readonly DiskFacts[]> {
    return (await this.#ofMachine('disks.read', target, target, signal)).reading;
  }

  services(target: TalosTarget, signal: AbortSignal): Promise<readonly TalosServiceFacts[]> {
    return this.read('services.read', where(target), signal);
  }

  async logs(
    target: TalosTarget & { service: string; tailLines?: number },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { service, tailLines = DEFAULT_TAIL_LINES } = target;
    return (await this.read('logs.read', { ...where(target), service, tailLines }, signal)).slice(-tailLines);
  }

  async dmesg(target: TalosTarget & { tailLines?: number }, signal: AbortSignal): Promise<readonly string[]> {
    const { tailLines = DEFAULT_TAIL_LINES } = target;
    // Not every contractor can be told how many.
    return (await this.read('dmesg.read', { ...where(target), tailLines }, signal)).slice(-tailLines);
  }

  async time(target: TalosTarget, signal: AbortSignal): Promise<TimeFacts> {
    return (await this.#ofMachine('time.read', target, target, signal)).reading;
  }

  async memory(target: TalosTarget, signal: AbortSignal): Promise<MemoryFacts> {
    return (await this.#ofMachine('memory.read', target, target, signal)).reading;
  }

  async stats(
    target: TalosTarget & { kubernetes: boolean },
    signal: AbortSignal,
  ): Promise<readonly ContainerUsageFacts[]> {
    return (await this.#ofMachine('stats.read', target, target, signal)).reading;
  }

  async containers(
    target: TalosTarget & { kubernetes: boolean },
    signal: AbortSignal,
  ): Promise<readonly ContainerFacts[]> {
    return (await this.#ofMachine('containers.read', target, target, signal)).reading;
  }

  async images(
    target: TalosTarget & { namespace: 'cri' | 'system' },
    signal: AbortSignal,
  ): Promise<readonly ImageFacts[]> {
    return (await this.#ofMachine('images.read', target, target, signal)).reading;
  }

  etcdMembers(target: TalosTarget, signal: AbortSignal): Promise<readonly EtcdMemberFacts[]> {
    return this.read('etcd.members', where(target), signal);
  }

  async maintenanceMachine(target: TalosTarget, signal: AbortSignal): Promise<MaintenanceMachineFacts> {
    const machine = await this.read('maintenance.read', where(target), signal);
    this.assertSameAddress(target, machine.address);
    return machine;
  }

  async previewConfig(target: TalosTarget & SecretFile, signal: AbortSignal): Promise<ConfigPreviewFacts> {
    return (await this.#ofMachine('config.preview', target, target, signal)).reading;
  }

  async previewPatch(target: TalosTarget & { patch: ConfigPatch }, signal: AbortSignal): Promise<ConfigPreviewFacts> {
    return (await this.#ofMachine('patch.preview', target, target, signal)).reading;
  }

  kubernetesUpgradePlan(
    target: TalosTarget & { to: string; kubelets: boolean },
    signal: AbortSignal,
  ): Promise<KubernetesUpgradeFacts> {
    return this.read('kubernetes.upgrade_plan', target, signal);
  }

  rotationPlan(
    target: TalosTarget & { authority: 'talos' | 'kubernetes' },
    signal: AbortSignal,
  ): Promise<RotationFacts> {
    return this.read('ca.rotation_plan', target, signal);
  }

  /** SAFETY 1: what another machine says is not what was asked for. [CONTRACTOR_SUSPECT] */
  protected assertSameAddress(target: TalosTarget, answered: string | undefined): void {
    if (answered === undefined || answered === target.address) return;
    throw new DivisionError(
      'CONTRACTOR_SUSPECT',
      `${this.contractor} was asked about ${target.address} and answered about another machine`,
      'Look at what the contractor does with its arguments; nothing is done meanwhile.',
    );
  }

  async #ofMachine<C extends MachineCapability>(
    capability: C,
    target: TalosTarget,
    values: Partial<CallValues>,
    signal: AbortSignal,
  ): Promise<CapabilityAnswers[C]> {
    const answer = await this.read(capability, values, signal);
    this.assertSameAddress(target, answer.address);
    return answer;
  }
}

const where = ({ address, endpoints }: TalosTarget): Partial<CallValues> => ({ address, endpoints });
