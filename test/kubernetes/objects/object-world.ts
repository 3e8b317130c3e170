import { onTestFinished } from 'vitest';
import type { ClusterConnection } from '../../../src/kubernetes/connect.ts';
import { type AuthorizationGrounds, mintAuthorization } from '../../../src/model/authorization.ts';
import { workloadEffects } from '../../../src/model/workload-effects.ts';
import type { ObjectRef } from '../../../src/model/workload-facts.ts';
import type { ObjectBody, PriorObject, WorkloadReader, WorkloadWriter } from '../../../src/ports/workloads.ts';
import type { KubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';
import { call, MERGE } from '../../simulation/kubernetes-api/call.ts';
import { type HandMade, served } from '../../simulation/kubernetes-api/hand-made-cluster.ts';
import { allEffects, connect, type LogLine, never, recordingLog } from '../cluster-fixture.ts';

export const grounds: AuthorizationGrounds = {
  ...allEffects,
  effects: workloadEffects.map(({ shape }) => shape.kind.value),
};
export const authorization = mintAuthorization(grounds);

export interface ObjectWorld {
  api: KubernetesApi;
  connection: ClusterConnection;
  reader: WorkloadReader;
  writer: WorkloadWriter;
  lines: LogLine[];
  /** As somebody else, with a merge patch. */
  patchAs: (manager: string, path: string, body: unknown) => Promise<void>;
  read: (path: string) => Promise<Record<string, unknown>>;
}

async function opened(api: KubernetesApi): Promise<ObjectWorld> {
  const { log, lines } = recordingLog();
  const connection = await connect({ servers: [api.vip], log });
  const { reader, writer } = connection.workloads;
  return {
    api,
    connection,
    reader,
    writer,
    lines,
    patchAs: async (manager, path, body) => {
      const { code } = await call(api, 'PATCH', `${path}?fieldManager=${manager}`, { body, type: MERGE });
      if (code !== 200) throw new Error(`patch answered ${code}`);
    },
    read: async path => (await call(api, 'GET', path)).json as Record<string, unknown>,
  };
}

/** Our adapter before the simulation's API without controllers: nothing happens but what is asked for. */
export async function stillWorld(): Promise<ObjectWorld & { cluster: HandMade }> {
  const { cluster, api } = await served();
  onTestFinished(() => api.close());
  return { cluster, ...(await opened(api)) };
}

/** The same before a world whose controllers run. */
export const worldOf = (api: KubernetesApi): Promise<ObjectWorld> => opened(api);

const referenceOf = (body: Record<string, unknown>): ObjectRef => {
  const { name, namespace } = body.metadata as { name: string; namespace?: string };
  return { apiVersion: String(body.apiVersion), kind: String(body.kind), namespace, name };
};

export const objects = (...bodies: readonly Record<string, unknown>[]): ObjectBody[] =>
  bodies.map(body => ({ ref: referenceOf(body), body }));

/** Applies into `default`; returns the outcomes and what was there before. */
export async function apply(
  { writer }: ObjectWorld,
  ...bodies: readonly Record<string, unknown>[]
): Promise<{ outcomes: Awaited<ReturnType<WorkloadWriter['apply']>>; prior: readonly PriorObject[] }> {
  let prior: readonly PriorObject[] = [];
  const keepPrior = async (before: readonly PriorObject[]): Promise<void> => {
    prior = before;
  };
  const wanted = { namespace: 'default', objects: objects(...bodies), keepPrior };
  return { outcomes: await writer.apply(authorization, wanted, never()), prior };
}

export const configMap = (data: Record<string, string>, name = 'settings'): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

export const WEB: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' };
export const WEB_PATH = '/apis/apps/v1/namespaces/default/deployments/web';

export const web = (image: string, spec: Record<string, unknown> = { replicas: 2 }): Record<string, unknown> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image, resources: { requests: { cpu: '10m', memory: '16Mi' } } }] },
    },
    ...spec,
  },
});
