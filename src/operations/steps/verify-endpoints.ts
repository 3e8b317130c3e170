import { onApplication, servicesOf } from './on-application.ts';
import type { StepPerformer } from './step.ts';

/** Behind each Service of the application is at least one ready address (seed 682 to 684). */
export const verifyEndpoints: StepPerformer<'verify_endpoints'> = async context => {
  const application = await onApplication(context);
  const { cluster, name, namespace } = application;
  const services = await Promise.all(
    servicesOf(application).map(async service => ({
      service,
      behind: await cluster.workloads.endpoints(service, context.signal),
    })),
  );
  const silent = services.find(({ behind }) => (behind?.ready ?? 0) === 0);
  if (silent) {
    return {
      kind: 'wait',
      reason: `service ${silent.service.namespace}/${silent.service.name} has no ready address behind it`,
      whatEndsIt: 'one is ready',
      pollMs: 2_000,
      atMostMs: 5 * 60_000,
      remedy: 'compare the Service’s selector with the pods’ labels, then plan again',
    };
  }
  const internal = services.map(({ service }) => `${service.name}.${service.namespace}.svc.cluster.local`);
  return {
    kind: 'done',
    reason: `${services.length} services of ${name} have ready addresses`,
    evidence: services.map(({ service, behind }) => `${service.namespace}/${service.name}: ${behind?.ready} ready`),
    // The completion handoff's own fields (seed 390 to 400).
    result: { headline: `${name} serves in ${namespace}`, namespace, endpoints: internal.slice(0, 10) },
  };
};
