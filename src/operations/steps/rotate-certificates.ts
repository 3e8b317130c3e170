import { join } from 'node:path';
import { limits } from '../../decisions/upgrade-turn/turn.ts';
import { DivisionError } from '../../errors.ts';
import { inCluster } from './in-cluster.ts';
import { lookAtAttempt } from './once-only.ts';
import type { StepPerformer } from './step.ts';
import { throughPlane } from './through-plane.ts';

/**
 * A new authority of Talos or of Kubernetes, after its dry run showed whose certificates that replaces; once, with a receipt (SAFETY 3).
 * Server certificates renew themselves, and a client's come with its new kubeconfig: there is nothing to rotate for them (contractors.md 5.4).
 */
export const rotateCertificates: StepPerformer<'rotate_certificates'> = async context => {
  const { task, progress, ports, operationId } = context;
  const authority = task.playbook === 'rotate_certificates' ? authorityOf[task.what] : undefined;
  if (authority === undefined) return { kind: 'skip', reason: 'server certificates renew themselves' };
  const { cluster } = inCluster(context);
  const name = cluster.config.name;
  const { node, where } = await throughPlane(cluster, context.signal);
  const talosconfig = join(ports.secretsDirectory, `${name}-${operationId}.talosconfig`);
  if (progress.result?.planned === undefined) {
    const plan = await cluster.talos.rotationPlan({ ...where, authority }, context.signal);
    const planned = [...plan.controlPlane, ...plan.workers];
    return {
      kind: 'wait',
      reason: `the dry run names ${planned.length} machines`,
      whatEndsIt: 'it is on record',
      pollMs: 1,
      atMostMs: limits.gateMs,
      remedy: 'look at what the dry run says, then control_operation resume',
      result: { planned: planned.slice(0, 200) },
    };
  }
  const attempt = await lookAtAttempt(context, {
    cluster,
    kind: `rotate-${authority}`,
    systemUuid: node.systemUuid,
    bootId: node.bootId,
    atMostMs: 60 * 60_000,
    running: `the ${authority} authority of ${name} is being replaced`,
    dispatch: attemptId => ({
      kind: 'effect',
      reason: `a new ${authority} authority was asked for`,
      effect: {
        kind: 'rotate_certificates',
        cluster: name,
        node: node.name,
        attempt_id: attemptId,
        system_uuid: node.systemUuid,
        boot_id: node.bootId,
        ...where,
        authority,
        talosconfig_path: talosconfig,
      },
    }),
  });
  if (attempt) return attempt;
  const answers = await cluster.talos.machine(where, context.signal).then(() => true, unansweredOrThrow);
  if (!answers) {
    return {
      kind: 'wait',
      reason: `the talosconfig of ${name} is of the old authority`,
      whatEndsIt: `${talosconfig} is put in its place`,
      pollMs: 30_000,
      atMostMs: 7 * 24 * 3_600_000,
      remedy: `put ${talosconfig} in the place of the configured talosconfig, then control_operation resume`,
    };
  }
  return {
    kind: 'done',
    reason: `${name} has a new ${authority} authority`,
    evidence: ['talosctl exited 0', `${node.name} answers`],
    result: { headline: `new ${authority} authority of ${name}` },
  };
};

const unansweredOrThrow = (error: unknown): false => {
  if (error instanceof DivisionError && error.code !== 'CANCELLED') return false;
  throw error;
};

const authorityOf = { client: undefined, 'talos-ca': 'talos', 'kubernetes-ca': 'kubernetes' } as const;
