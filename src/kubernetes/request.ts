/** A request of the Kubernetes API as its maker describes it: for any of the cluster's servers. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the server's root, as `pathOf` makes it. */
  path: string;
  query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** The body's; `application/json` when absent. */
  contentType?: string;
}

/** As a kube-apiserver's own clients ask; /readyz/etcd answers in plain text. */
const ACCEPT = 'application/json, */*;q=0.8';

/** A path of fixed words and names; a name stays one segment whatever it holds. */
export const pathOf = (...segments: readonly string[]): string => `/${segments.map(encodeURIComponent).join('/')}`;

/** API groups, as the beginning of a path. */
export const CORE = ['api', 'v1'] as const;
export const COORDINATION = ['apis', 'coordination.k8s.io', 'v1'] as const;

export const namespaced = (group: readonly string[], namespace: string, ...rest: readonly string[]): string =>
  pathOf(...group, 'namespaces', namespace, ...rest);

/** Where a server that may have a path of its own is asked. */
export function urlAt(server: URL, { path, query }: ApiRequest): URL {
  const parameters = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  return new URL(`${server.href.replace(/\/$/, '')}${path}${parameters}`);
}

export function headersOf({ body, contentType = 'application/json' }: ApiRequest): Record<string, string> {
  return { Accept: ACCEPT, ...(body !== undefined && { 'Content-Type': contentType }) };
}

export const bodyOf = ({ body }: ApiRequest): string | undefined =>
  body === undefined ? undefined : JSON.stringify(body);
