import type { Finding, PlannedCluster } from '../model/plan.ts';
import type { PlannedStep } from '../model/step.ts';
import { changesClusters } from './authority/step-rights.ts';
import { MULTI_CLUSTER } from './contractor-routing.ts';

export interface ProcedureCluster {
  name: string;
  mode: 'observe' | 'operate';
  /** Why it can't be read now. */
  unreadable: string | undefined;
  leaseHolder: string | undefined;
  /** Why its Kubernetes may not be upgraded to what is asked for. */
  versionRefusal?: string | undefined;
  /** Control plane machines of a cluster whose Kubernetes is not asked. */
  planes?: { answering: number; silent: readonly string[] };
}

/** Who would do it (seed 428). */
const remedyFor = ({ contractor, capability }: PlannedStep): string =>
  contractor === MULTI_CLUSTER
    ? `let "${MULTI_CLUSTER}" in mcp.json start the division’s own (containers-gm contractor ${MULTI_CLUSTER}), then plan again`
    : `name a contractor that offers ${capability} (the division’s own, talos, does) in division.yaml, then plan again`;

/** Every reason against a procedure's start, at once. One that only looks is not kept from looking by what it would see. */
export function procedurePreflight(
  steps: readonly PlannedStep[],
  clusters: readonly ProcedureCluster[],
  further: readonly Finding[] = [],
): { blocked: Finding[]; warnings: Finding[] } {
  const lacking = steps
    .filter(step => step.offered_by === 'none')
    .map(
      (step): Finding => ({
        code: 'CAPABILITY_MISSING',
        cluster: step.target.cluster ?? '',
        subject: step.id,
        message: `contractor ${step.contractor} does not offer ${step.capability}`,
        remedy: remedyFor(step),
        rule: 'seed 428: each task has a contractor',
      }),
    );
  if (!changesClusters(steps)) return { blocked: [], warnings: lacking };
  return {
    blocked: [...clusters.flatMap(judgeCluster), ...further, ...lacking],
    warnings: clusters.flatMap(silentPlanes),
  };
}

/** A machine that does not answer us might serve others: whoever approves has to know that it is taken for lost. */
const silentPlanes = ({ name, planes }: ProcedureCluster): Finding[] =>
  (planes?.silent ?? []).map(address => ({
    code: 'NODE_NOT_READY',
    cluster: name,
    subject: address,
    message: `the control plane machine ${address} does not answer: it is taken for lost`,
    remedy: 'keep it off: with its old data it must not come back beside the restored cluster',
    rule: 'ledger R244, contractors 5.3',
  }));

function judgeCluster({ name, mode, unreadable, leaseHolder, versionRefusal, planes }: ProcedureCluster): Finding[] {
  const findings: Finding[] = [];
  const against = (code: string, message: string, remedy: string, rule: string) =>
    findings.push({ code, cluster: name, subject: name, message, remedy, rule });
  if (mode !== 'operate') {
    against(
      'AUTHORITY_REFUSED',
      `cluster ${name} is in mode observe`,
      `set clusters.${name}.mode: operate in division.yaml when the division may change it`,
      'SAFETY 2',
    );
  }
  if (unreadable !== undefined) {
    against(
      'KUBERNETES_UNAVAILABLE',
      `${name} could not be read: ${unreadable}`,
      'run cluster_health',
      'unknown is never healthy',
    );
  }
  if (planes?.answering === 0) {
    against(
      'CONTRACTOR_UNAVAILABLE',
      `no control plane machine of ${name} answers`,
      'power one on, or mend the way to it, then plan again',
      'ledger R244',
    );
  }
  if (versionRefusal !== undefined) {
    against('VERSION_SKEW', versionRefusal, 'plan an upgrade that the path allows', 'ledger R328');
  }
  if (leaseHolder !== undefined && leaseHolder !== '') {
    against(
      'OPERATION_CONFLICT',
      `another operation holds the Lease of ${name}`,
      'let it end (get_operation), then plan again',
      'SAFETY 6',
    );
  }
  return findings;
}

/** Nodes that steps are done to, and the ones a phase goes over. */
export const isTargeted = (steps: readonly PlannedStep[], cluster: PlannedCluster['name'], node: string): boolean =>
  steps.some(({ target }) => target.cluster === cluster && target.node === node);
