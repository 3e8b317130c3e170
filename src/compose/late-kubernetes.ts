import { DivisionError } from '../errors.ts';
import type { ClusterConnection } from '../kubernetes/connect.ts';
import type { ClusterPorts, ClusterWriters } from '../ports.ts';
import type { UnavailableCluster } from './unavailable-cluster.ts';

interface LateKubernetes {
  ports: Pick<ClusterPorts, 'kubernetes' | 'workloads' | 'symptoms' | 'usage'>;
  writers: Pick<ClusterWriters, 'kubernetes' | 'workloads'>;
  close(): void;
}

/**
 * A cluster whose kubeconfig can't be used yet: each call tries to connect, and answers as `unavailable` does until that succeeds. A new
 * cluster's kubeconfig is written while its operation runs, and one that was mended needs no restart. It has no watch cache.
 */
export function lateKubernetes(
  unavailable: UnavailableCluster,
  connect: () => Promise<ClusterConnection>,
): LateKubernetes {
  let connecting: Promise<ClusterConnection> | undefined;
  let isClosed = false;
  const connected = async (): Promise<ClusterConnection | undefined> => {
    connecting ??= connect();
    try {
      return await connecting;
    } catch (error) {
      connecting = undefined;
      if (error instanceof DivisionError) return undefined;
      throw error;
    }
  };
  const late = <Port extends object>(port: Port, of: (connection: ClusterConnection) => Port): Port =>
    new Proxy(port, {
      get: (refusing, name) => {
        const refusal: unknown = Reflect.get(refusing, name);
        if (typeof refusal !== 'function') return refusal;
        return async (...given: unknown[]) => {
          const connection = isClosed ? undefined : await connected();
          const asked = connection ? of(connection) : refusing;
          const method: unknown = Reflect.get(asked, name);
          return typeof method === 'function' ? Reflect.apply(method, asked, given) : undefined;
        };
      },
    });
  const { ports, writers } = unavailable;
  return {
    ports: {
      kubernetes: late(ports.kubernetes, ({ reader }) => reader),
      workloads: late(ports.workloads, ({ workloads }) => workloads.reader),
      symptoms: late(ports.symptoms, ({ symptoms }) => symptoms),
      usage: late(ports.usage, ({ usage }) => usage),
    },
    writers: {
      kubernetes: late(writers.kubernetes, ({ writer }) => writer),
      workloads: late(writers.workloads, ({ workloads }) => workloads.writer),
    },
    close: () => {
      isClosed = true;
      connecting?.then(
        connection => connection.close(),
        () => undefined,
      );
    },
  };
}
