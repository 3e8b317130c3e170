import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { addPod, type HandMade, served } from '../../simulation/kubernetes-api/hand-made-cluster.ts';
import { connect } from '../cluster-fixture.ts';
import { QUICK, settled } from './watch-fixture.ts';

const TIMES = { ...QUICK, silenceMs: 300 };
/** What timers and the loopback may add to the bound. */
const SLACK_MS = 150;

type Step = (cluster: HandMade) => void;

const names = ['a', 'b', 'c', 'd', 'e'];

/** Each write gives the pod another label, so that a state is told by its pods. */
function write(cluster: HandMade, name: string, revision: number): void {
  const labels = { revision: String(revision) };
  const pod = cluster.store.get('pods', 'default', name);
  if (pod === undefined) addPod(cluster, name, { labels });
  else cluster.store.replace('pods', { ...pod, metadata: { ...pod.metadata, labels } });
}

const fault = fc.record({
  kind: fc.constantFrom('api_reset', 'api_429', 'api_5xx', 'api_half_open', 'api_stale_watch'),
  verb: fc.constantFrom('watch', 'list'),
  resource: fc.constantFrom('pods', 'nodes', 'poddisruptionbudgets.policy'),
  count: fc.integer({ min: 1, max: 3 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.nat()).map(
      ([name, n]): Step =>
        made =>
          write(made, name, n),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...names).map(
      (name): Step =>
        made =>
          void made.store.remove('pods', 'default', name),
    ),
  },
  {
    weight: 3,
    arbitrary: fault.map(
      ({ kind, ...scope }): Step =>
        made => {
          made.faults.arm({ kind, ...scope, ...(kind === 'api_429' && { retry_after_seconds: 0 }) });
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('cp-1', 'cp-2').map(
      (node): Step =>
        made =>
          made.setServer(node, !made.apiServerIsUp(node)),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(made => made.store.forgetHistory()) },
  { weight: 1, arbitrary: fc.constant<Step>(made => void made.faults.clear()) },
);

const stateOf = (pods: readonly { name: string; labels?: Readonly<Record<string, string>> | undefined }[]): string =>
  pods
    .map(({ name, labels }) => `${name}:${labels?.revision}`)
    .sort()
    .join();

test('after any changes and faults, once quiet, the cache is what a direct look is; on the way it never told what was long gone', {
  timeout: 120_000,
}, async () => {
  let told = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, fc.integer({ min: 0, max: 60 })), { minLength: 5, maxLength: 25 }),
      async steps => {
        const { cluster, api } = await served();
        const connection = await connect({ servers: [...api.servers.values()], watchTimes: TIMES });
        onTestFinished(connection.watch.hold());
        /** States in order, each with when it ended. */
        const states: { state: string; endedMs: number }[] = [];
        const truth = () => stateOf(cluster.store.list('pods').map(({ metadata }) => metadata));
        const change = (by: Step): void => {
          states.push({ state: truth(), endedMs: performance.now() });
          by(cluster);
        };
        const look = (): void => {
          const facts = connection.watch.facts();
          if (facts === undefined) return;
          told += 1;
          const state = stateOf(facts.pods);
          const oldestMs = performance.now() - TIMES.silenceMs - SLACK_MS;
          const wasTrue = state === truth() || states.some(past => past.state === state && past.endedMs >= oldestMs);
          expect(wasTrue, `told ${state}, true is ${truth()}`).toBe(true);
        };
        try {
          await settled({ connection });
          for (const [by, pauseMs] of steps) {
            change(by);
            look();
            await new Promise(resolve => setTimeout(resolve, pauseMs));
            look();
          }
          change(made => {
            made.faults.clear();
            for (const node of ['cp-1', 'cp-2']) made.setServer(node, true);
          });
          await settled({ connection });
        } finally {
          connection.close();
          await api.close();
        }
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
  expect(told).toBeGreaterThan(100);
});
