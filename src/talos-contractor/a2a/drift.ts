import { type Connection, commands } from '../../talosctl/argv.ts';
import { type AskOptions, ask } from '../../talosctl/ask.ts';
import { readComparableConfig } from '../../talosctl/readers/machine-config.ts';
import { failureOf } from './fan-out.ts';
import type { FleetCluster } from './fleet.ts';
import { type FleetMachine, readMachines } from './machines.ts';

const ROLES = ['controlplane', 'worker'] as const;
type Role = (typeof ROLES)[number];

/** What of one cluster is compared with the others. */
export interface Profile {
  cluster: string;
  machines: FleetMachine[];
  /** Of one machine a role: path -> value. */
  configs: Partial<Record<Role, Map<string, string>>>;
  unknown: string[];
}

export interface Difference {
  subject: 'talos_version' | 'kubelet_version' | 'schematic' | 'extensions' | 'machine_config';
  role: string;
  path: string | null;
  values: { cluster: string; value: string }[];
}

const ABSENT = 'absent';
const UNKNOWN = 'unknown';

/** Machines of a cluster and one machine config a role; what did not answer is named, and not compared. */
export async function readProfile(cluster: FleetCluster, most: number, options: AskOptions): Promise<Profile> {
  const { machines, not_read } = await readMachines(cluster, most, options);
  const profile: Profile = { cluster: cluster.name, machines, configs: {}, unknown: [] };
  const put = (what: string) => profile.unknown.push(`${cluster.name}: ${what}`);
  for (const { hostname, unanswered } of machines) for (const part of unanswered) put(`${hostname} ${part}`);
  if (not_read > 0) put(`${not_read} machines were not read`);
  for (const role of ROLES) {
    const machine = machines.find(one => one.role === role);
    if (machine === undefined) continue;
    const connection: Connection = { context: cluster.context, node: machine.node, endpoints: cluster.endpoints };
    try {
      const text = await ask(cluster.talosctl, connection, commands.get('machineconfigs'), options);
      profile.configs[role] = readComparableConfig(text);
    } catch (error) {
      put(`machine config of ${machine.hostname}: ${failureOf(error).error_class}`);
    }
  }
  return profile;
}

/** All values that machines of a role have, told once; several where a cluster is not of one mind. */
function sharedValue({ machines }: Profile, role: Role, read: (machine: FleetMachine) => string | null): string {
  const values = machines.filter(machine => machine.role === role).map(machine => read(machine) ?? UNKNOWN);
  return values.length === 0 ? ABSENT : [...new Set(values)].sort().join(', ');
}

const SUBJECTS: readonly [Difference['subject'], (machine: FleetMachine) => string | null][] = [
  ['talos_version', ({ version }) => version],
  ['kubelet_version', ({ kubelet }) => kubelet],
  ['schematic', ({ schematic }) => schematic],
  ['extensions', ({ extensions }) => extensions?.toSorted().join(' ') ?? null],
];

/** A difference between clusters, or within one: what nobody told, or only one cluster has machines for, is none. */
function differs(values: readonly { value: string }[]): boolean {
  const known = values.filter(({ value }) => value !== UNKNOWN && value !== ABSENT);
  return new Set(known.map(({ value }) => value)).size > 1 || known.some(({ value }) => value.includes(', '));
}

function configDifferences(profiles: readonly Profile[], role: Role): Difference[] {
  const told = profiles.flatMap(({ cluster, configs }) => {
    const config = configs[role];
    return config === undefined ? [] : { cluster, config };
  });
  if (told.length < 2) return [];
  const paths = [...new Set(told.flatMap(({ config }) => [...config.keys()]))].sort();
  return paths.flatMap(path => {
    const values = told.map(({ cluster, config }) => ({ cluster, value: config.get(path) ?? ABSENT }));
    const isSame = new Set(values.map(({ value }) => value)).size === 1;
    return isSame ? [] : { subject: 'machine_config' as const, role, path, values };
  });
}

/** What clusters do not have in common, and what one of them is not of one mind about: versions, schematics, settings. */
export function driftBetween(profiles: readonly Profile[]): Difference[] {
  return ROLES.flatMap(role => {
    const facts = SUBJECTS.flatMap(([subject, read]) => {
      const values = profiles.map(profile => ({ cluster: profile.cluster, value: sharedValue(profile, role, read) }));
      return differs(values) ? { subject, role, path: null, values } : [];
    });
    return [...facts, ...configDifferences(profiles, role)];
  });
}
