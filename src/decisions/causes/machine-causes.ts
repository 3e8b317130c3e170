/** What Talos says of a node's machine: is it there, do its services run, what does its kernel complain of. */
import type { TalosServiceFacts } from '../../model/machine-facts.ts';
import type { EventFacts, NodeSymptoms } from '../../model/symptoms.ts';
import { type CauseFound, nameShown } from './cause.ts';

export interface MachineLook {
  node: NodeSymptoms;
  events: readonly EventFacts[];
  /** Undefined: they were not read. */
  services: readonly TalosServiceFacts[] | undefined;
  /** The kernel's last lines; undefined: not read. */
  kernel: readonly string[] | undefined;
  /** It was asked and did not answer: TIMEOUT, or the contractor could not reach it. */
  isMachineSilent: boolean;
}

/** Ready, as the node's own condition says. */
export const isReadyNode = ({ conditions }: NodeSymptoms): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True');

const RULE = 'R241, seed line 500: network, hardware or configuration, by what the machine says';

/** Lines of the kernel that name a cause (Linux' own messages). */
const KERNEL: readonly { cause: string; weight: number; pattern: RegExp; words: string; remedy: string }[] = [
  {
    cause: 'out_of_memory',
    weight: 82,
    pattern: /(?<!cgroup )out of memory: Killed/i,
    words: 'the kernel killed processes for their memory',
    // A pod over its own limit is told as its cgroup's: that is no fault of the node.
    remedy: 'find what uses the memory; give pods limits.',
  },
  {
    cause: 'disk_failure',
    weight: 86,
    pattern:
      /I\/O error|blk_update_request|Medium Error|XFS .*(corrupt|shutdown)|EXT4-fs error|nvme.*(timeout|reset)|ata\d.*(failed|exception)/i,
    words: 'the kernel reports errors of its disk',
    remedy: 'replace the disk: ask Infrastructure.',
  },
  {
    cause: 'hardware_failure',
    weight: 86,
    pattern: /Hardware Error|Machine check|\bmce:|EDAC .*(CE|UE)|thermal.*(critical|throttl)/i,
    words: 'the kernel reports errors of its hardware',
    remedy: 'drain it and ask Infrastructure.',
  },
  {
    cause: 'network_link',
    weight: 78,
    pattern: /link (is )?down|NETDEV WATCHDOG|carrier lost|no link/i,
    words: 'its network link goes down',
    remedy: 'check cable, port and driver: ask Infrastructure.',
  },
];

/** Services a Kubernetes node needs. */
const NEEDED = ['kubelet', 'cri', 'containerd', 'apid', 'machined', 'etcd'];

/** Causes below Kubernetes. */
export function machineCauses(look: MachineLook): CauseFound[] {
  const { node, services = [], kernel = [], isMachineSilent } = look;
  const subject = nameShown(node.name);
  const cause = (fields: Omit<CauseFound, 'subject' | 'rule' | 'affected'>): CauseFound => ({
    ...fields,
    subject,
    rule: RULE,
    affected: 1,
  });
  const silent =
    isMachineSilent && !isReadyNode(node)
      ? [
          cause({
            cause: 'machine_unreachable',
            weight: 95,
            message: `the machine of ${subject} answers neither Kubernetes nor Talos: power, hardware or network`,
            evidence: ['Talos did not answer'],
            remedy: 'ask Infrastructure to look at the machine.',
          }),
        ]
      : [];
  const stopped = services
    .filter(({ id, state, health }) => NEEDED.includes(id) && (state !== 'Running' || health === 'Fail'))
    .map(({ id, state, health, lastEvent }) =>
      cause({
        cause: id === 'kubelet' ? 'kubelet_stopped' : 'service_down',
        weight: id === 'kubelet' ? 96 : 90,
        message: `Talos service ${id} of ${subject} ${state === 'Running' ? 'is not healthy' : 'does not run'}`,
        evidence: [`${id}: ${state}, health ${health}: ${lastEvent}`],
        remedy: `read its log: it stands below for the kubelet.`,
      }),
    );
  const lines = KERNEL.flatMap(({ pattern, words, ...sign }) => {
    const found = kernel.filter(line => pattern.test(line));
    return found.length === 0 ? [] : [cause({ ...sign, message: `${subject}: ${words}`, evidence: found.slice(-2) })];
  });
  return [...silent, ...stopped, ...lines];
}
