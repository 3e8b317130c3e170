/** What a cluster that is to be created is made of (ledger R68, R324; SAFETY 1). */
import { parseAllDocuments } from 'yaml';
import { at } from './manifest/json.ts';

export type MachineRole = 'control-plane' | 'worker';

interface WantedCluster {
  name: string;
  control_planes: number;
  workers: number;
}

/** The machines in the order they are named in: the control plane first, which is what the configured endpoints are. A text: why these can't become it. */
export function machinesOfNewCluster(
  { name, control_planes, workers }: WantedCluster,
  endpoints: readonly string[],
  addresses: readonly string[],
): string[] | string {
  const planes = [...new Set(endpoints)];
  if (planes.length !== control_planes) {
    return `${name} is to have ${control_planes} control plane machines, clusters.${name}.talos.endpoints names ${planes.length}`;
  }
  const missing = planes.find(address => !addresses.includes(address));
  if (missing !== undefined) return `control plane endpoint ${missing} is not among the machines`;
  const others = [...new Set(addresses)].filter(address => !planes.includes(address));
  if (others.length < workers) return `${workers} workers are wanted, ${others.length} machines are left for them`;
  return [...planes, ...others.slice(0, workers)];
}

/** The first of them are its control plane. */
export const roleOfMachine = (machine: number, controlPlanes: number): MachineRole =>
  machine < controlPlanes ? 'control-plane' : 'worker';

/** No "init": it bootstraps by itself at its first boot, and what is done once, ever, is not left to it (ledger R324). */
const TYPES: Readonly<Record<MachineRole, string>> = { 'control-plane': 'controlplane', worker: 'worker' };

/** The version that an image is of: its tag, without a digest behind it. */
const tagOf = (image: unknown): string | undefined =>
  typeof image === 'string' ? /:(v?\d[^@:/]*)(@|$)/.exec(image)?.[1] : undefined;

/** The version asked for, or a patch of the minor asked for. */
function isVersion(found: string, wanted: string): boolean {
  const [version, asked] = [found, wanted].map(text => text.replace(/^v/, ''));
  return version === asked || (/^\d+\.\d+$/.test(asked ?? '') && version?.startsWith(`${asked}.`) === true);
}

/** Documents of a YAML text; none of what can't be read. */
function documentsOf(text: string): unknown[] {
  try {
    return parseAllDocuments(text, { prettyErrors: false })
      .filter(({ errors }) => errors.length === 0)
      .map(document => document.toJS() as unknown);
  } catch {
    return [];
  }
}

export interface WantedMachine {
  role: MachineRole;
  talosVersion?: string | undefined;
  kubernetesVersion?: string | undefined;
  /** Of a control plane: what is restored there does not begin to run. */
  takesNoPods?: true;
}

/** Why a machine configuration is not for such a machine; undefined: nothing speaks against it. Never says what stands in it beside type and versions. */
export function machineConfigProblem(text: string, wanted: WantedMachine): string | undefined {
  const config = documentsOf(text).find(document => at(document, 'machine', 'type') !== undefined);
  if (config === undefined) return 'is no machine configuration';
  const type = at(config, 'machine', 'type');
  if (type !== TYPES[wanted.role]) return `is of a machine of type ${JSON.stringify(type)?.slice(0, 40)}`;
  for (const [what, version, image] of [
    ['Talos', wanted.talosVersion, at(config, 'machine', 'install', 'image')],
    ['Kubernetes', wanted.kubernetesVersion, at(config, 'machine', 'kubelet', 'image')],
  ] as const) {
    if (version === undefined) continue;
    const found = tagOf(image);
    if (found === undefined) return `does not say which ${what} it installs, and ${version} is asked for`;
    if (!isVersion(found, version)) return `installs ${what} ${found}, not ${version}`;
  }
  const takesPods = ['allowSchedulingOnControlPlanes', 'allowSchedulingOnMasters'].some(
    field => at(config, 'cluster', field) === true,
  );
  return wanted.takesNoPods && takesPods ? 'lets pods run on the control plane' : undefined;
}
