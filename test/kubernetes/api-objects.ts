/** JSON as an API server writes it. */

export interface StatusParts {
  reason?: string;
  message?: string;
  details?: Record<string, unknown>;
}

export const status = (code: number, { reason = '', message = '', details }: StatusParts = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details === undefined ? {} : { details }),
  code,
});

export const notFound = (kind: string, name: string) =>
  status(404, { reason: 'NotFound', message: `${kind} "${name}" not found`, details: { name, kind } });

export const list = (items: readonly unknown[], next?: string) => ({
  metadata: { resourceVersion: '1', ...(next === undefined ? {} : { continue: next }) },
  items,
});

export function node(name: string, parts: { annotations?: Record<string, string>; unschedulable?: boolean } = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion: '7',
      labels: { 'kubernetes.io/hostname': name, 'node-role.kubernetes.io/control-plane': '' },
      ...(parts.annotations === undefined ? {} : { annotations: parts.annotations }),
    },
    spec: parts.unschedulable === undefined ? {} : { unschedulable: parts.unschedulable },
    status: {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: '10.0.0.2' },
      ],
      allocatable: { cpu: '3950m', memory: '7.5Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True' }],
      nodeInfo: {
        systemUUID: 'aaaa-bbbb',
        bootID: 'boot-1',
        osImage: 'Talos (v1.12.11)',
        kubeletVersion: 'v1.35.4',
      },
    },
  };
}

export const pod = (name: string, parts: { spec?: object; status?: object; metadata?: object } = {}) => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...parts.metadata },
  spec: { containers: [], ...parts.spec },
  status: { phase: 'Running', ...parts.status },
});

export const lease = (name: string, namespace: string, spec: Record<string, unknown>, resourceVersion = '5') => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace, uid: `uid-${name}`, resourceVersion },
  spec,
});
