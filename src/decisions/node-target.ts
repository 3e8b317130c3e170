import type { MachineFacts, NodeFacts } from '../model/facts.ts';
import type { PlanAction, PlannedNode } from '../model/plan.ts';
import { bindNodes } from './identity.ts';
import { installerImage } from './installer.ts';
import { matchesLabels, parseSelector } from './selector.ts';
import type { ClusterReading } from './upgrade-input.ts';
import { type LocalFinding, sortedBy } from './verdict.ts';
import { isSameVersion, normalVersion, singleHop, talosVersionOfImage } from './versions.ts';

/** What an upgrade does with each node of a cluster. A node in `nodes` with a finding is planned as far as it is known. */
export interface ClusterTargets {
  /** By name. */
  nodes: readonly PlannedNode[];
  skipped: readonly { name: string; reason: string }[];
  findings: readonly LocalFinding[];
}

const UNKNOWN = 'unknown';

/** Sorts a cluster's nodes into planned and skipped, with every reason against a node (SAFETY 1, 4, 10). */
export function targetNodes(reading: ClusterReading, requested: PlanAction): ClusterTargets {
  const all = sortedBy(reading.facts?.nodes ?? [], node => node.name);
  const parsed = requested.node_selector === undefined ? undefined : parseSelector(requested.node_selector);
  if (parsed && !parsed.ok) {
    const { code, message, remedy } = parsed;
    const finding = { code, subject: 'node_selector', message, remedy, rule: 'CONTRACT: rolling_upgrade' };
    return { nodes: [], skipped: [], findings: [finding] };
  }
  const isSelected = (node: NodeFacts): boolean => !parsed || matchesLabels(parsed.selector, node.labels);
  const binding = bindNodes(all, reading.machines);
  const nodes: PlannedNode[] = [];
  const skipped: { name: string; reason: string }[] = all
    .filter(node => !isSelected(node))
    .map(node => ({ name: node.name, reason: `not selected by ${requested.node_selector}` }));
  // Identity counts for nodes left alone too: a machine that answers for the wrong node is wrong about the cluster.
  const findings: LocalFinding[] = [...binding.findings];
  for (const node of all.filter(isSelected)) {
    const machine = binding.bound.get(node.name);
    const suspicion = machine ? versionSuspicion(node, machine) : undefined;
    if (suspicion) findings.push(suspicion);
    if (machine && !suspicion && isSameVersion(machine.version, requested.to_version)) {
      skipped.push({ name: node.name, reason: `runs ${normalVersion(requested.to_version)} already` });
      continue;
    }
    const planned = planNode(node, machine, reading.config.installer, requested.to_version);
    nodes.push(planned.node);
    findings.push(...planned.findings);
  }
  return { nodes, skipped: sortedBy(skipped, node => node.name), findings };
}

/** Talos and Kubernetes are two sources: they must name the same version (SAFETY 4). */
function versionSuspicion(node: NodeFacts, machine: MachineFacts): LocalFinding | undefined {
  if (isSameVersion(machine.version, talosVersionOfImage(node.osImage))) return undefined;
  return {
    code: machine.version === undefined ? 'CONTRACTOR_UNINTELLIGIBLE' : 'CONTRACTOR_SUSPECT',
    subject: node.name,
    message: `${node.name}: Talos says ${machine.version ?? UNKNOWN}, Kubernetes says ${JSON.stringify(node.osImage)}`,
    remedy: 'wait until the kubelet has registered again, or check which machine the contractor reaches',
    rule: 'SAFETY 4: Talos and Kubernetes agree on the version',
  };
}

function planNode(node: NodeFacts, machine: MachineFacts | undefined, template: string, to: string) {
  const target = normalVersion(to) ?? to;
  const from = machine?.version === undefined ? undefined : (normalVersion(machine.version) ?? machine.version);
  const hop = from === undefined ? undefined : singleHop({ from, to });
  const installer = machine ? installerImage(template, node.name, machine, target) : undefined;
  const findings: LocalFinding[] = installer && !installer.ok ? [...installer.findings] : [];
  if (hop && !hop.ok) {
    const { code, message, remedy, rule } = hop;
    findings.push({ code, subject: node.name, message: `${node.name}: ${message}`, remedy, rule });
  }
  const planned: PlannedNode = {
    name: node.name,
    role: node.role,
    address: node.internalIp ?? UNKNOWN,
    system_uuid: node.systemUuid,
    from_version: from ?? UNKNOWN,
    installer: installer?.ok ? installer.image : UNKNOWN,
    path: hop?.ok && hop.path.length > 0 ? [...hop.path] : [target],
  };
  return { node: planned, findings };
}
