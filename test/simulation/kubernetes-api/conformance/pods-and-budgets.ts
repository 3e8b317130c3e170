import { expect } from 'vitest';
import { MERGE } from '../call.ts';
import { type ApiUnderTest, asked, budgetsOf, done } from './scratch-namespace.ts';

/** A node that is not there: no kubelet starts these pods or ends them, whatever cluster this is. */
export const NO_NODE = 'containers-gm-test';
const NO_SCHEDULER = 'nobody';
const CONTROLLER_ACTS_WITHIN_MS = 5_000;

export interface Metadata {
  name: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  labels?: Record<string, string>;
  finalizers?: string[];
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
}

/** An object as an API server answers it. */
export interface Stored {
  metadata: Metadata;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  data?: Record<string, unknown>;
}

/** What is stored under a path, e.g. `pods/web-0`; undefined when nothing is. */
export async function stored(at: ApiUnderTest, resource: string): Promise<Stored | undefined> {
  const { code, json } = await asked(at, 'GET', resource);
  return code === 404 ? undefined : (json as unknown as Stored);
}

export interface PodShape {
  phase?: string;
  isReady?: boolean;
  isBound?: boolean;
  labels?: Record<string, string>;
}

/** Puts a pod there as a kubelet would have left it. */
export async function putPod(at: ApiUnderTest, name: string, shape: PodShape = {}): Promise<Stored> {
  const { phase = 'Running', isReady = true, isBound = true, labels = { app: 'web' } } = shape;
  await done(at, 'POST', 'pods', {
    body: {
      metadata: { name, labels },
      spec: {
        ...(isBound ? { nodeName: NO_NODE } : {}),
        schedulerName: NO_SCHEDULER,
        automountServiceAccountToken: false,
        containers: [{ name: 'c', image: 'registry.invalid/none:1' }],
        terminationGracePeriodSeconds: 30,
      },
    },
  });
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
  const body = { status: { phase, conditions } };
  return (await done(at, 'PATCH', `pods/${name}/status`, { body, type: MERGE })) as unknown as Stored;
}

export interface BudgetShape {
  minAvailable?: number;
  /** How many pods it counts as healthy. */
  healthy: number;
  selector?: unknown;
  unhealthyPodEvictionPolicy?: string;
}

/** Puts a budget there and sees to its status: its controller writes it, or, where none runs, this does. */
export async function putBudget(at: ApiUnderTest, name: string, shape: BudgetShape, isWatched: boolean): Promise<void> {
  const { minAvailable = 2, healthy, selector = { matchLabels: { app: 'web' } } } = shape;
  const policy = shape.unhealthyPodEvictionPolicy;
  await done(at, 'POST', budgetsOf(at), {
    body: {
      metadata: { name },
      spec: { minAvailable, selector, ...(policy === undefined ? {} : { unhealthyPodEvictionPolicy: policy }) },
    },
  });
  const status = {
    observedGeneration: 1,
    currentHealthy: healthy,
    desiredHealthy: minAvailable,
    disruptionsAllowed: Math.max(0, healthy - minAvailable),
  };
  if (isWatched) {
    const read = async () => (await stored(at, `${budgetsOf(at)}/${name}`))?.status;
    await expect.poll(read, { timeout: CONTROLLER_ACTS_WITHIN_MS }).toMatchObject(status);
    return;
  }
  const body = { status: { ...status, expectedPods: healthy } };
  await done(at, 'PATCH', `${budgetsOf(at)}/${name}/status`, { body, type: MERGE });
}

/** Says whether a controller keeps the status of budgets here: then nobody else can write one. */
export async function budgetsAreWatched(at: ApiUnderTest): Promise<boolean> {
  const body = { metadata: { name: 'probe' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'probe' } } } };
  await done(at, 'POST', budgetsOf(at), { body });
  const until = Date.now() + (at.isReal ? CONTROLLER_ACTS_WITHIN_MS : 0);
  let isWatched = false;
  do {
    const { observedGeneration = 0 } = (await stored(at, `${budgetsOf(at)}/probe`))?.status ?? {};
    isWatched = Number(observedGeneration) > 0;
  } while (!isWatched && Date.now() < until);
  await done(at, 'DELETE', `${budgetsOf(at)}/probe`);
  return isWatched;
}
