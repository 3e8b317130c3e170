import { type ApiUnderTest, done } from './scratch-namespace.ts';

export const WEB = 'apps/v1/deployments/web';

export type Container = Record<string, unknown>;

/** A Deployment that its controller leaves alone: paused, it makes no ReplicaSet. */
export async function putDeployment(at: ApiUnderTest, given: Container[]): Promise<void> {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: given } };
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { paused: true, selector: { matchLabels: { app: 'web' } }, template },
  };
  await done(at, 'POST', 'apps/v1/deployments', { body });
}

/** The containers of its template. */
export async function containersOf(at: ApiUnderTest): Promise<Container[]> {
  const { spec } = await done(at, 'GET', WEB);
  return (spec as { template: { spec: { containers: Container[] } } }).template.spec.containers;
}
