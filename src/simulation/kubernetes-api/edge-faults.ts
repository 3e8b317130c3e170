import type { Fault } from '../faults.ts';
import type { KubeObject } from '../world/store.ts';
import type { ApiCluster } from './api-cluster.ts';
import { asText, at } from './json.ts';
import { ApiError, tooManyRequests } from './status.ts';

/** What an armed fault does to a request before it is looked at. */
export type EdgeFault = { reset: true } | { silence: Fault } | { delayMs: number } | { refusal: ApiError };

const SLOW_BY_DEFAULT_MS = 2000;

/** Reasons and texts of the errors a failing API server or the balancer before it gives. */
const SERVER_ERRORS: Record<number, { reason: string; message: string }> = {
  500: { reason: 'InternalError', message: 'Internal error occurred: simulated failure' },
  502: { reason: 'BadGateway', message: 'bad gateway' },
  503: { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' },
  504: { reason: 'Timeout', message: 'the server was unable to return a response in the time allotted' },
};

function serverError({ status = 503, retry_after_seconds: seconds }: Fault): ApiError {
  const { reason, message } = SERVER_ERRORS[status] ?? { reason: 'InternalError', message: 'simulated failure' };
  return new ApiError(status, reason, message, seconds === undefined ? {} : { retryAfterSeconds: seconds });
}

/** The faults that strike this request, in the order slow, half-open, reset, 429, 5xx; each counts one strike. */
export function strike(cluster: ApiCluster, scope: { node: string; verb: string; resource: string }): EdgeFault[] {
  const { faults } = cluster;
  const struck: EdgeFault[] = [];
  const slow = faults.take('api_slow', scope);
  if (slow !== undefined) struck.push({ delayMs: slow.delay_ms ?? SLOW_BY_DEFAULT_MS });
  const silence = faults.take('api_half_open', scope);
  if (silence !== undefined) return [...struck, { silence }];
  if (faults.take('api_reset', scope) !== undefined) return [...struck, { reset: true }];
  const storm = faults.take('api_429', scope);
  if (storm !== undefined) {
    const message = 'the server has received too many requests and has asked us to try again later';
    return [...struck, { refusal: tooManyRequests(message, storm.retry_after_seconds ?? 1) }];
  }
  const failure = faults.take('api_5xx', scope);
  return failure === undefined ? struck : [...struck, { refusal: serverError(failure) }];
}

/** Throws what an admission webhook that fails (500) or denies (403) answers to an eviction. */
export function refuseEviction(cluster: ApiCluster, pod: KubeObject): void {
  const { name, namespace } = pod.metadata;
  const node = asText(at(pod, 'spec', 'nodeName'));
  const scope = { pod: name, ...(namespace === undefined ? {} : { namespace }), ...(node === '' ? {} : { node }) };
  if (cluster.faults.take('evict_webhook_500', scope) !== undefined)
    throw new ApiError(
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "evictions.simulated.example": failed to call webhook: Post "https://guard.simulated.svc:443/evictions?timeout=10s": context deadline exceeded',
      {
        causes: [
          {
            reason: '',
            message:
              'failed calling webhook "evictions.simulated.example": failed to call webhook: Post "https://guard.simulated.svc:443/evictions?timeout=10s": context deadline exceeded',
          },
        ],
      },
    );
  if (cluster.faults.take('evict_denied', scope) !== undefined)
    throw new ApiError(
      403,
      'Forbidden',
      `admission webhook "evictions.simulated.example" denied the request: pod ${name} must not be evicted`,
    );
}
