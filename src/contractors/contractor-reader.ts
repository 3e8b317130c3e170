import { DivisionError } from '../errors.ts';
import type { ClusterConfig } from '../model/config.ts';
import {
  type EtcdViewFacts,
  type MachineFacts,
  type MachinePart,
  machineParts,
  type ReceiptFacts,
  unknownMachine,
} from '../model/facts.ts';
import type { ContractorCapabilities, ContractorReader, TalosTarget } from '../ports.ts';
import type { CallValues } from './call-arguments.ts';
import type { CallOptions } from './call-options.ts';
import type { CapabilityAnswers, ReadCapability } from './capability-map.ts';
import type { Contractor } from './contractor.ts';
import { MachineReader } from './machine-reader.ts';
import type { TalosMemberReading, VersionReading } from './readings.ts';
import type { Truth } from './truth-probe.ts';
import type { ContractorUsage, UsageMeter } from './usage.ts';

/** A cluster's Talos reads through its contractor; beyond the port it tells what a doctor or an investigation asks. */
export class TalosReader extends MachineReader implements ContractorReader {
  readonly cluster: string;
  readonly contractor: string;
  readonly #contractor: Contractor;
  readonly #usage: UsageMeter;
  readonly #where: CallOptions['cluster'];

  constructor(contractor: Contractor, cluster: ClusterConfig, usage: UsageMeter) {
    super();
    this.cluster = cluster.name;
    this.contractor = contractor.name;
    this.#contractor = contractor;
    this.#usage = usage;
    this.#where = { context: cluster.talos.context, endpoints: cluster.talos.endpoints };
  }

  get usage(): ContractorUsage {
    return this.#usage;
  }

  /** Has the contractor's process started ahead of the first call that needs it. [CONTRACTOR_UNAVAILABLE, CANCELLED] */
  async start(signal: AbortSignal): Promise<void> {
    await this.#contractor.offers(signal);
  }

  async capabilities(signal: AbortSignal): Promise<ContractorCapabilities> {
    const { profile, offered, keepsReceipts } = await this.#contractor.offers(signal);
    const clientVersion = offered.includes('contexts.read') ? await this.#clientVersion(signal) : undefined;
    return { profile, offered, keepsReceipts, clientVersion };
  }

  /** From a contractor that tells no more than versions, a MachineFacts with the version and the rest undefined. */
  async machine(
    target: TalosTarget,
    signal: AbortSignal,
    parts: readonly MachinePart[] = machineParts,
  ): Promise<MachineFacts> {
    const { offered } = await this.#contractor.offers(signal);
    if (!offered.includes('machine.read') && offered.includes('version.read')) {
      const { server } = await this.version(target, signal);
      const reason = 'unsupported: this contractor tells a machine’s version only';
      return { ...unknownMachine(target.address, reason), version: server };
    }
    const { address, endpoints } = target;
    const machine = await this.#contractor.read('machine.read', { address, endpoints, parts }, this.#options(signal));
    this.assertSameAddress(target, machine.address);
    const { nodename, version, bootId, systemUuid, stage } = machine;
    if ([nodename, version, bootId, systemUuid, stage].every(part => part === undefined)) {
      throw new DivisionError(
        'CONTRACTOR_FAILED',
        `${this.contractor}: nothing of machine ${target.address} answered: ${machine.error ?? 'no reason given'}`,
        'Check that the node is up and that port 50000 answers through its endpoints; then ask again.',
        { retry: 'later' },
      );
    }
    return machine;
  }

  async etcd(target: TalosTarget, signal: AbortSignal): Promise<EtcdViewFacts> {
    const [members, status, alarms] = await Promise.allSettled([
      this.read('etcd.members', target, signal),
      this.read('etcd.status', target, signal),
      this.read('etcd.alarms', target, signal),
    ]);
    const errors = [members, status, alarms].flatMap(part =>
      part.status === 'rejected' ? [reasonOf(part.reason)] : [],
    );
    return {
      address: target.address,
      members: members.status === 'fulfilled' ? members.value : undefined,
      status: status.status === 'fulfilled' ? status.value : undefined,
      alarms: alarms.status === 'fulfilled' ? alarms.value : undefined,
      error: errors.length === 0 ? undefined : [...new Set(errors)].join('; '),
    };
  }

  async attempt(attemptId: string, signal: AbortSignal): Promise<ReceiptFacts> {
    const { keepsReceipts } = await this.#contractor.offers(signal);
    if (!keepsReceipts) return { state: 'unknown' };
    const answered = await this.#contractor.read('attempt.get', { attemptId }, this.#options(signal));
    // Another attempt's receipt says nothing of this one, least of all that it is absent.
    return answered.attemptId === attemptId ? answered.receipt : { state: 'unknown' };
  }

  version(target: TalosTarget, signal: AbortSignal): Promise<VersionReading> {
    return this.read('version.read', target, signal);
  }

  members(target: TalosTarget, signal: AbortSignal): Promise<readonly TalosMemberReading[]> {
    return this.read('members.read', target, signal);
  }

  /** The truth probe's verdict (contractors 4.4). */
  truth(signal: AbortSignal): Promise<Truth> {
    return this.#contractor.truth(this.#options(signal));
  }

  /** Undefined when the contractor can't say: without talosctl it still offers its tools. */
  async #clientVersion(signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await this.#contractor.read('contexts.read', {}, this.#options(signal))).client;
    } catch (error) {
      if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
      throw error;
    }
  }

  protected read<C extends ReadCapability>(
    capability: C,
    values: Partial<CallValues>,
    signal: AbortSignal,
  ): Promise<CapabilityAnswers[C]> {
    return this.#contractor.read(capability, values, this.#options(signal));
  }

  #options(signal: AbortSignal): CallOptions {
    return { signal, usage: this.#usage, cluster: this.#where };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof DivisionError ? `${error.code}: ${error.message}` : 'INTERNAL: the reading failed';
}
