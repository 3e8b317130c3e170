import { DivisionError } from '../errors.ts';
import type { ApiStatus } from './api-status.ts';

/** The errors this folder throws. None quotes a server's text: a status code and a checked reason are all that is foreign. */

export const cancelled = (cluster: string, what: string): DivisionError =>
  new DivisionError('CANCELLED', `cluster ${cluster}: ${what} was cancelled`, 'call again if it is still wanted');

export const timedOut = (cluster: string, what: string, ms: number): DivisionError =>
  new DivisionError(
    'TIMEOUT',
    `cluster ${cluster}: ${what} did not end within ${ms / 1000} s`,
    'look at the load of the API servers, then try again',
  );

export const unreachable = (cluster: string, what: string, code: string): DivisionError =>
  new DivisionError(
    'KUBERNETES_UNAVAILABLE',
    `cluster ${cluster}: no API server answered "${what}" (${code})`,
    'check that the control plane is up and that kubernetes.servers in division.yaml names every one of its servers',
  );

export const noCredentials = (cluster: string): DivisionError =>
  new DivisionError(
    'KUBERNETES_DENIED',
    `cluster ${cluster}: the kubeconfig's user yields no credentials`,
    "check the files, the token or the exec plugin that the kubeconfig's user names",
  );

export const unintelligible = (cluster: string, what: string, cause?: unknown): DivisionError =>
  new DivisionError(
    'KUBERNETES_UNAVAILABLE',
    `cluster ${cluster}: the answer to "${what}" is not Kubernetes' own`,
    'check that kubernetes.servers in division.yaml are API servers, not something in front of them',
    { cause },
  );

export const notFound = (cluster: string, what: string, subject: string): DivisionError =>
  new DivisionError(
    'NOT_FOUND',
    `cluster ${cluster}: ${subject} does not exist (${what})`,
    'read the cluster again: it changed since the plan was made',
  );

const REASON = /^[A-Za-z]{1,40}$/;

/** What a refusal that the caller has no use for becomes. */
export function refused(cluster: string, what: string, status: ApiStatus): DivisionError {
  const reason = REASON.test(status.reason) ? ` ${status.reason}` : '';
  if (status.code === 401) {
    return new DivisionError(
      'KUBERNETES_DENIED',
      `cluster ${cluster}: the API server does not accept the kubeconfig's credentials (401, ${what})`,
      "renew the credentials of the kubeconfig's user",
    );
  }
  if (status.code === 403) {
    return new DivisionError(
      'KUBERNETES_DENIED',
      `cluster ${cluster}: the kubeconfig's user may not ${what} (403${reason})`,
      `grant "${what}" to the user (RBAC); \`containers-gm doctor\` lists every right that is missing`,
    );
  }
  return new DivisionError(
    'KUBERNETES_UNAVAILABLE',
    `cluster ${cluster}: the API server answered "${what}" with ${status.code}${reason}`,
    status.code === 429
      ? 'the API server is overloaded: try again later'
      : "look at the API servers' logs, then try again",
    { retry: status.code === 429 || status.code >= 500 ? 'later' : 'after-change' },
  );
}
