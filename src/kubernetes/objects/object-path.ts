import { DivisionError } from '../../errors.ts';

/** Names an object may have: one segment of a path, no dots alone (RBAC allows the most). */
const SEGMENT = /^(?!\.{1,2}$)[^/%?#\s\p{Cc}]{1,253}$/u;
const GROUP_VERSION = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?v[a-z0-9]{1,30}$/;

/** Refuses what could walk to another path. [INPUT_INVALID] */
export function assertSegment(text: string, what: string): void {
  if (SEGMENT.test(text)) return;
  throw new DivisionError('INPUT_INVALID', `not a valid ${what}`, `give the ${what} as \`kubectl get\` shows it`);
}

/** `/api/v1` or `/apis/GROUP/VERSION`. [INPUT_INVALID] */
export function groupVersionPath(apiVersion: string): string {
  if (GROUP_VERSION.test(apiVersion)) return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  throw new DivisionError('INPUT_INVALID', 'not a valid apiVersion', 'give it as `kubectl api-resources` shows it');
}

/** Where the objects of a resource are, or one of them, or a subresource of that. [INPUT_INVALID] */
export function objectPath(
  resource: { apiVersion: string; plural: string; namespaced: boolean },
  at: { namespace?: string | undefined; name?: string; subresource?: 'scale' },
): string {
  const parts = [groupVersionPath(resource.apiVersion)];
  if (resource.namespaced && at.namespace !== undefined) {
    assertSegment(at.namespace, 'namespace');
    parts.push('namespaces', encodeURIComponent(at.namespace));
  }
  parts.push(resource.plural);
  if (at.name !== undefined) {
    assertSegment(at.name, 'name');
    parts.push(encodeURIComponent(at.name));
  }
  if (at.subresource !== undefined) parts.push(at.subresource);
  return parts.join('/');
}
