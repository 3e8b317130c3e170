import { type Check, headlineOf, issueOf, percentOf } from './check.ts';

export interface ServiceState {
  namespace: string;
  name: string;
  /** It selects pods: one that does not has its endpoints from elsewhere. */
  selects: boolean;
  ready: number;
  notReady: number;
}

/** A service is available when an endpoint of it is ready (ledger R120). */
export function checkServices(services: readonly ServiceState[]): Check {
  const rule = 'R120: service availability';
  const judged = services.filter(({ selects }) => selects);
  const without = judged.filter(({ ready }) => ready === 0);
  const issues = without.map(({ namespace, name, notReady }) =>
    issueOf(
      'warning',
      rule,
      `${namespace}/${name}`,
      `service ${namespace}/${name} is unavailable: ${notReady === 0 ? 'no endpoint' : `none of ${notReady} endpoints is ready`}`,
    ),
  );
  return {
    issues,
    headline: headlineOf(`${judged.length - without.length} of ${judged.length} services available`, issues),
    figures: {
      services: judged.length,
      available: judged.length - without.length,
      availability_percent: percentOf(judged.length - without.length, judged.length) ?? null,
    },
  };
}

/** Ingress traffic, where something tells it; `undefined` is unavailable, which is not none (ledger R121). */
export function checkIngress(
  ingresses: readonly { namespace: string; name: string }[],
  requestsPerSecond: number | undefined,
): Check {
  const isKnown = requestsPerSecond !== undefined;
  return {
    issues: isKnown
      ? []
      : [
          issueOf(
            'info',
            'R121: ingress traffic',
            'ingress',
            'no source of ingress traffic is configured: it is unavailable, not 0',
          ),
        ],
    headline: `${ingresses.length} ingresses, traffic ${isKnown ? `${requestsPerSecond} requests/s` : 'unavailable'}`,
    figures: { ingresses: ingresses.length, requests_per_second: requestsPerSecond ?? 'unavailable' },
  };
}
