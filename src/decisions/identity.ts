import type { MachineFacts, NodeFacts } from '../model/facts.ts';
import type { PlannedNode } from '../model/plan.ts';
import { type LocalFinding, sortedBy } from './verdict.ts';

const RULE = 'SAFETY 1: one node, one identity';

/** `unknown`: a part was not answered; `differs`: both answered and disagree. Neither is agreement. */
type PartAgreement = 'agrees' | 'differs' | 'unknown' | 'byte-swapped';

/** How the parts of one node and one machine compare. */
export interface Comparison {
  system_uuid: PartAgreement;
  boot_id: PartAgreement;
  address: PartAgreement;
  nodename: PartAgreement;
}

/** Both given and equal, letters of either case. */
const compareIds = (left: string | undefined, right: string | undefined): PartAgreement => {
  if (left === undefined || right === undefined || left === '' || right === '') return 'unknown';
  return left.toLowerCase() === right.toLowerCase() ? 'agrees' : 'differs';
};

/**
 * The other reading of an SMBIOS UUID: firmware that predates SMBIOS 2.6 stores its first three fields with the bytes in the
 * opposite order. Undefined when it is not a UUID.
 */
export function swappedUuid(uuid: string): string | undefined {
  const fields = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4}-[0-9a-f]{12})$/.exec(uuid.toLowerCase());
  if (!fields) return undefined;
  const [, low = '', middle = '', high = '', rest = ''] = fields;
  const swap = (field: string): string => (field.match(/../g) ?? []).reverse().join('');
  return [swap(low), swap(middle), swap(high), rest].join('-');
}

function compareUuids(node: string, machine: string | undefined): PartAgreement {
  const agreement = compareIds(node, machine);
  if (agreement !== 'differs' || machine === undefined) return agreement;
  return swappedUuid(machine) === node.toLowerCase() ? 'byte-swapped' : 'differs';
}

export function compareIdentity(node: NodeFacts, machine: MachineFacts): Comparison {
  return {
    system_uuid: compareUuids(node.systemUuid, machine.systemUuid),
    boot_id: compareIds(node.bootId, machine.bootId),
    address: compareIds(node.internalIp, machine.address),
    nodename: compareIds(node.name, machine.nodename),
  };
}

const agreesWholly = (comparison: Comparison): boolean => Object.values(comparison).every(part => part === 'agrees');

function evidenceOf(node: NodeFacts, machine: MachineFacts): string[] {
  const { system_uuid, boot_id, address, nodename } = compareIdentity(node, machine);
  const line = (part: string, ours: string | undefined, theirs: string | undefined, agreement: PartAgreement): string =>
    `${part}: Kubernetes ${ours || 'unknown'}, Talos at ${machine.address} ${theirs || 'unknown'} (${agreement})`;
  return [
    line('system UUID', node.systemUuid, machine.systemUuid, system_uuid),
    line('boot id', node.bootId, machine.bootId, boot_id),
    line('address', node.internalIp, machine.address, address),
    line('node name', node.name, machine.nodename, nodename),
  ].filter(text => !text.endsWith('(agrees)'));
}

export interface Binding {
  /** Node name → the one machine that agrees with it in every part. */
  bound: ReadonlyMap<string, MachineFacts>;
  findings: readonly LocalFinding[];
  /** Per unbound node: what was compared, one line a part that does not agree. */
  evidence: ReadonlyMap<string, readonly string[]>;
}

/**
 * Binds each Kubernetes node to the one Talos machine that agrees with it in system UUID, boot id, InternalIP and node name.
 * Stricter than SAFETY 1 allows, a stage does not replace the boot id: every attempt is bound to one (SAFETY 3).
 */
export function bindNodes(nodes: readonly NodeFacts[], machines: readonly MachineFacts[]): Binding {
  const bound = new Map<string, MachineFacts>();
  const evidence = new Map<string, readonly string[]>();
  const findings: LocalFinding[] = [];
  for (const node of sortedBy(nodes, candidate => candidate.name)) {
    const agreeing = machines.filter(machine => agreesWholly(compareIdentity(node, machine)));
    const [machine] = agreeing;
    if (machine && agreeing.length === 1) {
      bound.set(node.name, machine);
      continue;
    }
    const lines =
      agreeing.length > 1 ? agreeing.map(twin => `Talos at ${twin.address} agrees`) : nearest(node, machines);
    evidence.set(node.name, lines);
    findings.push(silence(node, machines) ?? suspect(node, machines, agreeing.length, lines));
  }
  return { bound, findings, evidence };
}

const partsShared = (node: NodeFacts, machine: MachineFacts): number =>
  Object.values(compareIdentity(node, machine)).filter(part => part === 'agrees').length;

function nearest(node: NodeFacts, machines: readonly MachineFacts[]): string[] {
  const related = machines.filter(machine => partsShared(node, machine) > 0);
  return related.length === 0
    ? [`no Talos machine shares an address, name, boot id or system UUID with ${node.name}`]
    : sortedBy(related, machine => machine.address).flatMap(machine => evidenceOf(node, machine));
}

/** The machine at the node's address was asked and gave no answer: that says nothing about who it is. */
function silence(node: NodeFacts, machines: readonly MachineFacts[]): LocalFinding | undefined {
  const at = machines.filter(machine => compareIds(machine.address, node.internalIp) === 'agrees');
  const [machine] = at;
  if (at.length !== 1 || machine?.error === undefined) return undefined;
  return {
    code: 'CONTRACTOR_UNAVAILABLE',
    subject: node.name,
    message: `Talos did not answer for ${node.name} at ${machine.address}: ${machine.error}`,
    remedy: 'run containers-gm doctor; look whether the machine is up and talosctl reaches it',
    rule: RULE,
  };
}

function suspect(
  node: NodeFacts,
  machines: readonly MachineFacts[],
  agreeing: number,
  lines: readonly string[],
): LocalFinding {
  const isSwapped = machines.some(machine => compareIdentity(node, machine).system_uuid === 'byte-swapped');
  const problem = agreeing > 1 ? `${agreeing} machines answer for it` : lines.join('; ');
  return {
    code: 'CONTRACTOR_SUSPECT',
    subject: node.name,
    message: isSwapped
      ? `${node.name} can't be told for sure: its system UUID is written with its bytes swapped (${problem})`
      : `${node.name} is not bound to exactly one Talos machine: ${problem}`,
    remedy:
      'check the Talos context, endpoints and node addresses of this cluster, and that the machine answers in full',
    rule: RULE,
  };
}

export type BoundAnswer =
  | { ok: true; reason: string; rule: string }
  | { ok: false; kind: 'differs' | 'unknown'; reason: string; evidence: readonly string[]; rule: string };

/**
 * Is this still the machine that was planned, in the boot Kubernetes sees? Asked before each effect. A machine part that was not
 * answered is `unknown`: worth asking again; `differs` is CONTRACTOR_SUSPECT and nothing is done. Just after a reboot `differs` in
 * the boot id alone may mean that the kubelet has not registered yet.
 */
export function stillBound(planned: PlannedNode, node: NodeFacts, machine: MachineFacts): BoundAnswer {
  const comparison = compareIdentity(node, machine);
  const plannedUuid = compareIds(planned.system_uuid, node.systemUuid);
  const isPlanned = planned.name === node.name && plannedUuid === 'agrees';
  if (isPlanned && agreesWholly(comparison)) {
    return { ok: true, reason: `${node.name} is the planned machine ${planned.system_uuid}`, rule: RULE };
  }
  const parts = [...Object.values(comparison), plannedUuid];
  const kind =
    planned.name !== node.name || parts.some(part => part !== 'agrees' && part !== 'unknown') ? 'differs' : 'unknown';
  const evidence = [
    ...(isPlanned
      ? []
      : [`planned ${planned.name} ${planned.system_uuid}, found ${node.name} ${node.systemUuid || 'unknown'}`]),
    ...evidenceOf(node, machine),
  ];
  return {
    ok: false,
    kind,
    reason: `${planned.name} is not surely the planned machine: ${evidence.join('; ')}`,
    evidence,
    rule: RULE,
  };
}
