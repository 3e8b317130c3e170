import { beforeAll, describe, expect, it } from 'vitest';
import { assertNoEtcd } from '../../src/talosctl/etcd-absence.ts';
import { type FakeAnswer, type FakeTalosctl, fakeTalosctl } from './fake-talosctl.ts';
import { SERVICES } from './fixtures.ts';

const [NODE, SECOND, THIRD] = ['10.0.0.2', '10.0.0.3', '10.0.0.4'] as const;
const connection = { context: 'prod', node: NODE, endpoints: [NODE, SECOND, THIRD] };
const options = { signal: new AbortController().signal };

const etcd = (state: string): FakeAnswer => ({ out: SERVICES.replace('Preparing   ?', `${state.padEnd(12)}?`) });
const silent: FakeAnswer = { err: 'rpc error: code = Unavailable desc = connection refused\n', code: 1 };
const denied: FakeAnswer = { err: 'rpc error: code = PermissionDenied desc = not authorized\n', code: 1 };
const noEtcd: FakeAnswer = { out: SERVICES.replace(/^.*etcd.*\n/m, '') };

let fake: FakeTalosctl;
beforeAll(async () => {
  fake = await fakeTalosctl();
});

/** Why etcd may not begin anew; 'accepted' when nothing is said against it. */
async function judged(nodes: Record<string, FakeAnswer>, gone: readonly string[] = []): Promise<string> {
  const answers = { [NODE]: etcd('Preparing'), [SECOND]: etcd('Preparing'), [THIRD]: etcd('Waiting'), ...nodes };
  await fake.answer(
    Object.fromEntries(Object.entries(answers).map(([node, answer]) => [`services --context prod -n ${node}`, answer])),
  );
  const talosctl = { env: fake.env, readTimeoutMs: 10_000 };
  const addresses = [NODE, SECOND, THIRD];
  return await assertNoEtcd(talosctl, connection, { addresses, gone }, options).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

describe('SAFETY 3: etcd begins anew only where it runs nowhere', () => {
  it.each<[string, Record<string, FakeAnswer>, readonly string[], string]>([
    ['waits everywhere', {}, [], 'accepted'],
    ['runs on another node', { [SECOND]: etcd('Running') }, [], `etcd on ${SECOND} is Running`],
    ['runs on one that is said to be gone', { [SECOND]: etcd('Running') }, [SECOND], `etcd on ${SECOND} is Running`],
    ['runs on the node itself', { [NODE]: etcd('Running') }, [], `etcd on ${NODE} is Running`],
    ['begins on another with data of its own', { [THIRD]: etcd('Starting') }, [], `etcd on ${THIRD} is Starting`],
    ['has failed, its data still there', { [THIRD]: etcd('Failed') }, [], `etcd on ${THIRD} is Failed`],
    ['is not told by one', { [SECOND]: silent }, [], `${SECOND} does not tell`],
    ['is not told by one that is gone', { [SECOND]: silent }, [SECOND], 'accepted'],
    ['is told by nobody but by those who are gone', { [SECOND]: silent, [THIRD]: silent }, [SECOND, THIRD], 'accepted'],
    ['is not told by the node itself', { [NODE]: silent }, [NODE], `${NODE} does not tell`],
    ['is refused to be told by one that is said to be gone', { [SECOND]: denied }, [SECOND], `${SECOND} does not tell`],
    ['has no place on one', { [THIRD]: noEtcd }, [], 'no control plane node'],
    ['is told in words nobody knows', { [THIRD]: { out: 'all is well' } }, [], `${THIRD} does not tell`],
  ])('%s', async (_, nodes, gone, expected) => {
    expect(await judged(nodes, gone)).toContain(expected);
  });

  it('looks at the node also where it is not named among them, each asked by itself', async () => {
    await judged({});
    const asked = (await fake.callsOf('services')).slice(-3).map(argv => argv[argv.indexOf('-n') + 1]);
    expect(new Set(asked)).toEqual(new Set([NODE, SECOND, THIRD]));
  });
});
