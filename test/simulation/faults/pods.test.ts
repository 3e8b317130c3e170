import { describe, expect, it } from 'vitest';
import { at as valueAt } from '../../../src/simulation/kubernetes-api/json.ts';
import { cordon, tryEviction } from '../../../src/simulation/world/machines/node-drain.ts';
import { isTerminating, nodeOf as nodeOfPod } from '../../../src/simulation/world/pods.ts';
import { MINUTE, pass, SECOND } from '../world/worlds.ts';
import { BUDGETS, evict, faces, podNamed } from './faces.ts';

const GATEWAY = { namespace: 'edge', budget: 'gateway' };

describe('budgets', () => {
  it('budget_blocked: nothing may go, with the budget’s own figures in the 429; after it the old spec is back', async () => {
    const at = await faces();
    const before = (await at.ask(`${BUDGETS}/gateway`)).json.spec;
    const fault = at.cluster.faults.arm({ kind: 'budget_blocked', ...GATEWAY });
    pass(at.world, SECOND);
    const { status, spec } = (await at.ask(`${BUDGETS}/gateway`)).json;
    expect(spec).toMatchObject({ maxUnavailable: 0 });
    expect(status).toMatchObject({ disruptionsAllowed: 0, desiredHealthy: 12, currentHealthy: 12 });
    const refused = await evict(at, 'edge', podNamed(at.cluster, 'edge', 'gateway'));
    expect(refused.code).toBe(429);
    expect(refused.text).toContain('The disruption budget gateway needs 12 healthy pods and has 12 currently');
    at.cluster.faults.clear(fault.id);
    pass(at.world, SECOND);
    expect((await at.ask(`${BUDGETS}/gateway`)).json.spec).toEqual(before);
    expect((await evict(at, 'edge', podNamed(at.cluster, 'edge', 'gateway'))).code).toBe(201);
    expect(at.cluster.ledger.report()).toMatchObject({
      evictions_refused: 1,
      evictions_accepted: 1,
      pdb_violations: 0,
    });
  });

  it('budget_second: two budgets on one pod are 500 until the second is gone', async () => {
    const at = await faces();
    const fault = at.cluster.faults.arm({ kind: 'budget_second', ...GATEWAY });
    pass(at.world, SECOND);
    expect((await at.ask(BUDGETS)).json.items).toHaveLength(2);
    const refused = await evict(at, 'edge', podNamed(at.cluster, 'edge', 'gateway'));
    expect(refused.json).toMatchObject({
      code: 500,
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    });
    at.cluster.faults.clear(fault.id);
    expect((await at.ask(BUDGETS)).json.items).toHaveLength(1);
    expect((await evict(at, 'edge', podNamed(at.cluster, 'edge', 'gateway'))).code).toBe(201);
  });
});

describe('evictions', () => {
  it('evict_webhook_500 twice, then well; evict_denied for as long as it lasts', async () => {
    const at = await faces();
    const name = podNamed(at.cluster, 'edge', 'gateway');
    at.cluster.faults.arm({ kind: 'evict_webhook_500', count: 2 });
    const codes = [];
    for (let round = 0; round < 3; round += 1) codes.push((await evict(at, 'edge', name)).code);
    expect(codes).toEqual([500, 500, 201]);
    at.cluster.faults.arm({ kind: 'evict_denied', pod: 'gateway-*' });
    const other = at.cluster.store.list('pods', 'edge').find(pod => !isTerminating(pod))?.metadata.name ?? '';
    for (let round = 0; round < 3; round += 1) expect((await evict(at, 'edge', other)).code).toBe(403);
    expect(at.cluster.ledger.report().evictions_accepted).toBe(1);
  });

  it('pod_stuck_terminating: the pod stays, terminating, and its node’s drain does not end', async () => {
    const at = await faces();
    const name = podNamed(at.cluster, 'edge', 'gateway');
    at.cluster.faults.arm({ kind: 'pod_stuck_terminating', namespace: 'edge', pod: name });
    await evict(at, 'edge', name);
    pass(at.world, 10 * MINUTE);
    const pod = await at.ask(`/api/v1/namespaces/edge/pods/${name}`);
    expect(valueAt(pod.json, 'metadata', 'deletionTimestamp')).toBeDefined();
    at.cluster.faults.clear();
    pass(at.world, MINUTE);
    expect((await at.ask(`/api/v1/namespaces/edge/pods/${name}`)).code).toBe(404);
  });
});

const ATTACHMENTS = '/apis/storage.k8s.io/v1/volumeattachments';

it('volume_stuck: the VolumeAttachment stays with its error, the next pod waits for it, until it ends', async () => {
  const at = await faces({ pods: 100, workers: 5 });
  const pod = at.cluster.store.list('pods', 'data').find(({ metadata }) => metadata.name === 'kafka-0');
  const node = pod === undefined ? '' : (nodeOfPod(pod) ?? '');
  const ofNode = async () =>
    ((await at.ask(ATTACHMENTS)).json.items as Record<string, unknown>[]).filter(
      item =>
        valueAt(item, 'spec', 'nodeName') === node &&
        valueAt(item, 'spec', 'source', 'persistentVolumeName') === volume,
    );
  const claim = (await at.ask('/api/v1/namespaces/data/persistentvolumeclaims/data-kafka-0')).json;
  const volume = valueAt(claim, 'spec', 'volumeName');
  const fault = at.cluster.faults.arm({ kind: 'volume_stuck', node });
  cordon(at.cluster, node);
  if (pod !== undefined) expect(tryEviction(at.cluster, pod)).toBeUndefined();
  pass(at.world, 5 * MINUTE);
  const [stuck] = await ofNode();
  expect(stuck).toMatchObject({ metadata: { finalizers: [expect.any(String)] }, status: { attached: true } });
  expect(valueAt(stuck, 'status', 'detachError', 'message')).toContain('volume is still in use');
  expect(valueAt((await at.ask('/api/v1/namespaces/data/pods/kafka-0')).json, 'status', 'phase')).toBe('Pending');
  expect((await at.ask('/api/v1/namespaces/data/events?fieldSelector=reason=FailedAttachVolume')).text).toContain(
    'Multi-Attach error for volume',
  );
  at.cluster.faults.clear(fault.id);
  pass(at.world, 2 * MINUTE);
  expect(await ofNode()).toEqual([]);
  expect(valueAt((await at.ask('/api/v1/namespaces/data/pods/kafka-0')).json, 'status', 'phase')).toBe('Running');
});

it('pod_crash_loop: restarts ever later, CrashLoopBackOff with exit code 1, its budget blocked; well again after', async () => {
  const at = await faces();
  const name = podNamed(at.cluster, 'edge', 'gateway');
  const status = async () => (await at.ask(`/api/v1/namespaces/edge/pods/${name}`)).json.status;
  const fault = at.cluster.faults.arm({ kind: 'pod_crash_loop', namespace: 'edge', pod: name });
  pass(at.world, 5 * SECOND);
  const waiting = { reason: 'CrashLoopBackOff', message: expect.stringContaining('back-off 10s restarting failed') };
  const terminated = { exitCode: 1, reason: 'Error' };
  expect(await status()).toMatchObject({
    phase: 'Running',
    containerStatuses: [{ ready: false, restartCount: 0, state: { waiting }, lastState: { terminated } }],
  });
  expect((await at.ask(`${BUDGETS}/gateway`)).json.status).toMatchObject({ currentHealthy: 11, disruptionsAllowed: 0 });
  pass(at.world, 10 * MINUTE);
  const restarts = Number(
    valueAt(((await status()) as { containerStatuses: unknown[] }).containerStatuses[0], 'restartCount'),
  );
  expect(restarts).toBeGreaterThanOrEqual(5);
  expect(restarts).toBeLessThanOrEqual(8);
  const events = await at.ask(
    `/api/v1/namespaces/edge/events?fieldSelector=involvedObject.name=${name},reason=BackOff`,
  );
  expect((events.json.items as { count: number }[])[0]?.count).toBe(restarts + 1);
  at.cluster.faults.clear(fault.id);
  pass(at.world, 6 * MINUTE);
  expect(await status()).toMatchObject({ containerStatuses: [{ ready: true, state: { running: {} } }] });
  expect(at.cluster.ledger.report().pdb_violations).toBe(0);
});

it('pod_crash_loop by the beginning of a name strikes the pods that come in its place too', async () => {
  const at = await faces();
  at.cluster.faults.arm({ kind: 'pod_crash_loop', namespace: 'data', pod: 'redis-*' });
  await at.ask('/api/v1/namespaces/data/pods/redis-0', { method: 'DELETE' });
  pass(at.world, 2 * MINUTE);
  expect((await at.ask('/api/v1/namespaces/data/pods/redis-0')).text).toContain('CrashLoopBackOff');
});
