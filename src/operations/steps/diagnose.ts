import type { Cause, Diagnosis } from '../../decisions/causes.ts';
import { ownerOfCause } from '../../decisions/emergency/owner-of-cause.ts';
import { triage } from '../../decisions/emergency/triage.ts';
import { DivisionError } from '../../errors.ts';
import type { SymptomReader } from '../../ports/symptoms.ts';
import type { ClusterPorts } from '../../ports.ts';
import { investigateNode, investigateWorkload } from '../investigate.ts';
import { readControlPlane } from '../read-control-plane.ts';
import { inCluster } from './in-cluster.ts';
import type { StepLook, StepPerformer, StepScene } from './step.ts';

const EVIDENCE_CHARACTERS = 200;

/** The likeliest causes, each with its evidence, and whose they are to mend (ledger R241, R256, R262). Changes nothing. */
export const diagnose: StepPerformer<'diagnose'> = async scene => {
  const { cluster } = inCluster(scene);
  const { task, signal, now } = scene;
  if (task.playbook === 'workload_failure') {
    const { namespace, workload: name } = task;
    const asked = { ports: cluster, symptoms: symptomsOf(cluster), now };
    const { diagnosis, counts, unreadable } = await investigateWorkload(asked, { namespace, name }, signal);
    return told(`${namespace}/${name}`, diagnosis, { counts, unreadable });
  }
  if ('node' in task) {
    const asked = { ports: cluster, symptoms: symptomsOf(cluster), now };
    const { diagnosis, counts, unreadable } = await investigateNode(asked, task.node, signal);
    return told(task.node, diagnosis, { counts, unreadable });
  }
  return ofCluster(scene, cluster);
};

function symptomsOf({ config, symptoms }: ClusterPorts): SymptomReader {
  if (symptoms) return symptoms;
  throw new DivisionError('CAPABILITY_MISSING', `nothing investigates ${config.name}`, 'run cluster_health');
}

async function ofCluster({ signal }: StepScene, ports: ClusterPorts): Promise<StepLook> {
  const { name } = ports.config;
  const [plane, nodes] = await Promise.all([
    readControlPlane(ports, signal),
    ports.kubernetes.nodes(signal).catch((error: unknown) => {
      // With its control plane down there is nobody to ask, and that is the finding.
      if (error instanceof DivisionError && error.code !== 'CANCELLED') return undefined;
      throw error;
    }),
  ]);
  const causes = triage({ cluster: name, ...plane, nodes });
  return told(name, { state: 'unhealthy', causes }, {});
}

function told(subject: string, { state, causes }: Diagnosis, also: Record<string, unknown>): StepLook {
  const [first] = causes;
  const owner = ownerOfCause(first);
  const reason = first ? `${subject}: ${first.message}` : `${subject} is ${state}`;
  return {
    kind: 'done',
    reason,
    evidence: causes.flatMap(({ evidence }) => evidence.map(line => line.slice(0, EVIDENCE_CHARACTERS))),
    result: {
      state,
      area: first?.area ?? 'unknown',
      ...(owner !== undefined && { owner }),
      causes: causes.map(causeOf),
      ...also,
      headline: reason,
    },
  };
}

const causeOf = ({ cause, area, certainty, subject, message, evidence, rule, remedy }: Cause) => ({
  cause,
  area,
  certainty,
  subject,
  message,
  evidence: evidence.map(line => line.slice(0, EVIDENCE_CHARACTERS)),
  rule,
  remedy,
});
