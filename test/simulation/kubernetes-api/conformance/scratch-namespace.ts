import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type CallOptions, call, type Endpoint } from '../call.ts';

/** An API server, the simulation's or a real one, with a namespace to write in that nobody else uses. */
export interface ApiUnderTest extends Endpoint {
  isReal: boolean;
  /** The minor of Kubernetes 1.x. */
  minor: number;
  namespace: string;
  /** Takes back all that was written. */
  close(): Promise<void>;
}

/** A request to a namespaced collection, e.g. `pods/web-0/eviction?dryRun=All` or `apps/v1/deployments`. */
export const asked = (at: ApiUnderTest, method: string, resource: string, options: CallOptions = {}): Promise<Answer> =>
  call(at, method, pathOf(at, resource), options);

/** The path of a resource in the namespace; one of a group is written GROUP/VERSION/PLURAL…. */
export function pathOf(at: ApiUnderTest, resource: string): string {
  const grouped = /^([a-z0-9.]+\/v\d\w*)\/(.+)$/.exec(resource);
  const [api, rest] = grouped === null ? ['/api/v1', resource] : [`/apis/${grouped[1] ?? ''}`, grouped[2] ?? ''];
  return `${api}/namespaces/${at.namespace}/${rest}`;
}

/** The same, for what has to succeed. Throws what was answered instead. */
export async function done(
  at: ApiUnderTest,
  method: string,
  resource: string,
  options: CallOptions = {},
): Promise<Record<string, unknown>> {
  const { code, json, text } = await asked(at, method, resource, options);
  if (code >= 300) throw new Error(`${method} ${resource} was answered ${code}: ${text}`);
  return json;
}

const COLLECTIONS = ['pods', 'configmaps', 'services', 'apps/v1/deployments'];
const EMPTY_WITHIN_MS = 20_000;

/** Deletes all the suites write, whatever holds it, and waits until it is gone. */
export async function emptied(at: ApiUnderTest): Promise<void> {
  for (const collection of [...COLLECTIONS, budgetsOf(at)]) {
    const until = Date.now() + EMPTY_WITHIN_MS;
    for (let rest = await own(at, collection); rest.length > 0; rest = await own(at, collection)) {
      if (Date.now() > until) throw new Error(`${collection} of ${at.namespace} do not go: ${rest.join(', ')}`);
      for (const name of rest) await asked(at, 'DELETE', `${collection}/${name}`, { body: { gracePeriodSeconds: 0 } });
      await pause(20);
    }
  }
}

/** What is in a collection but was not put there by the server itself. */
async function own(at: ApiUnderTest, collection: string): Promise<string[]> {
  const { items } = (await done(at, 'GET', collection)) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name).filter(name => name !== 'kube-root-ca.crt');
}

/** PodDisruptionBudgets at the version this server has. */
export const budgetsOf = (at: ApiUnderTest): string =>
  `policy/${at.minor < 21 ? 'v1beta1' : 'v1'}/poddisruptionbudgets`;
