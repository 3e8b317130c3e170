import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { EvictionOutcome } from '../../src/ports.ts';
import { notFound, pod, type StatusParts, status } from './api-objects.ts';
import { authorization, connect, never } from './cluster-fixture.ts';
import { loopback } from './loopback.ts';

const POD = '/api/v1/namespaces/shop/pods/web-1';
const target = { namespace: 'shop', name: 'web-1', uid: 'uid-web-1' };

const open = async (): Promise<void> => undefined;

/** Evicts from a server that answers every eviction so, and a look at the pod with `look`; `bodies` are those of the evictions. */
async function evicted(
  answer: () => Response,
  look: () => Response = () => new Response('', { status: 418 }),
): Promise<{ bodies: unknown[]; outcome: Promise<EvictionOutcome> }> {
  const bodies: unknown[] = [];
  const server = await loopback(async (request, response) => {
    const isEviction = request.method === 'POST' && request.url === `${POD}/eviction`;
    if (isEviction) bodies.push(await json(request));
    const reply = isEviction ? answer() : look();
    if (reply.type === 'error') request.socket.resetAndDestroy();
    else response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text());
  });
  const { writer } = await connect({ servers: [server.url] });
  return { bodies, outcome: writer.evict(authorization, target, never(), open) };
}

const refuse =
  (code: number, parts: StatusParts, headers: Record<string, string> = {}) =>
  () =>
    Response.json(status(code, parts), { status: code, headers });

const budgetCause = (message: string) => ({ causes: [{ reason: 'DisruptionBudget', message }] });
const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";

describe('evict', () => {
  test('asks for exactly this pod, in a body every server version takes', async () => {
    const { bodies, outcome } = await evicted(() =>
      Response.json({ kind: 'Status', status: 'Success' }, { status: 201 }),
    );
    expect(await outcome).toEqual({ kind: 'evicted' });
    expect(bodies).toEqual([
      { metadata: { namespace: 'shop', name: 'web-1' }, deleteOptions: { preconditions: { uid: 'uid-web-1' } } },
    ]);
  });

  test.each<[string, () => Response, EvictionOutcome]>([
    [
      'a budget without disruptions left',
      refuse(429, {
        message: VIOLATES,
        details: budgetCause('The disruption budget web needs 2 healthy pods and has 2 currently'),
      }),
      {
        kind: 'refused',
        message: 'The disruption budget web needs 2 healthy pods and has 2 currently',
        budget: 'web',
        retryAfterMs: undefined,
      },
    ],
    [
      'a budget the controller has not looked at yet',
      refuse(429, {
        message: VIOLATES,
        details: {
          ...budgetCause('The disruption budget web is still being processed by the server.'),
          retryAfterSeconds: 10,
        },
      }),
      {
        kind: 'refused',
        message: 'The disruption budget web is still being processed by the server.',
        budget: 'web',
        retryAfterMs: 10_000,
      },
    ],
    [
      'a budget whose cause was lost on the way',
      refuse(429, { message: VIOLATES }, { 'Retry-After': '5' }),
      { kind: 'refused', message: VIOLATES, budget: undefined, retryAfterMs: 5000 },
    ],
    [
      'a budget with too many disruptions in flight',
      refuse(403, {
        message: 'too many evictions not confirmed by PDB controller',
        details: { name: 'web', group: 'policy', kind: 'poddisruptionbudgets' },
      }),
      {
        kind: 'refused',
        message: 'too many evictions not confirmed by PDB controller',
        budget: 'web',
        retryAfterMs: undefined,
      },
    ],
    [
      'priority and fairness',
      refuse(429, { message: 'Too many requests, please try again later.' }, { 'Retry-After': '1' }),
      { kind: 'transient', message: 'Too many requests, please try again later.' },
    ],
    [
      'two budgets over one pod',
      refuse(500, {
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      }),
      {
        kind: 'blocked',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    ],
    [
      'a webhook that fails',
      refuse(500, { reason: 'InternalError', message: 'failed calling webhook "x": EOF' }),
      { kind: 'transient', message: 'failed calling webhook "x": EOF' },
    ],
    ['a server that times out', refuse(504, { message: 'timeout' }), { kind: 'transient', message: 'timeout' }],
    [
      'something in front that fails',
      () => new Response('', { status: 502 }),
      { kind: 'transient', message: 'HTTP 502' },
    ],
    ['a webhook that says no', refuse(403, { message: 'denied: no' }), { kind: 'denied', message: 'denied: no' }],
    ['a bad request', refuse(400, { message: 'bad' }), { kind: 'denied', message: 'bad' }],
    ['an invalid request', refuse(422, { message: 'invalid' }), { kind: 'denied', message: 'invalid' }],
    [
      'a namespace that is going',
      refuse(403, { message: 'going', details: { causes: [{ reason: 'NamespaceTerminating', message: 'x' }] } }),
      { kind: 'transient', message: 'going' },
    ],
  ])('%s: asked once, and told apart', async (_title, answer, expected) => {
    const { bodies, outcome } = await evicted(answer);
    expect(await outcome).toEqual(expected);
    expect(bodies).toHaveLength(1);
  });

  const uidMismatch = refuse(409, {
    reason: 'Conflict',
    message: 'the UID in the precondition (uid-web-1) does not match the UID in record (other)',
  });
  const missing = refuse(404, { reason: 'NotFound', details: { name: 'web-1', kind: 'pods' } });
  const elsewhere = () => new Response('404 page not found', { status: 404 });
  const isMissing = () => Response.json(notFound('pods', 'web-1'), { status: 404 });
  const isOurs = () => Response.json(pod('web-1'));
  const isAnother = () => Response.json(pod('web-1', { metadata: { uid: 'other' } }));
  const isUnreadable = () => Response.json(status(418), { status: 418 });
  test.each<[string, () => Response, () => Response, EvictionOutcome['kind']]>([
    ['404, and no such pod', missing, isMissing, 'gone'],
    ['409, and another pod has the name', uidMismatch, isAnother, 'gone'],
    ['409, and no such pod any more', uidMismatch, isMissing, 'gone'],
    ['409, and the pod is still ours', refuse(409, { reason: 'Conflict' }), isOurs, 'transient'],
    ['a 404 that is nobody’s answer, and the pod is still ours', elsewhere, isOurs, 'transient'],
    ['a 404, and the look fails', missing, isUnreadable, 'transient'],
  ])('%s', async (_title, answer, look, kind) => {
    const { outcome } = await evicted(answer, look);
    expect((await outcome).kind).toBe(kind);
  });

  test('a connection lost with the request under way is transient, never repeated by itself', async () => {
    const { bodies, outcome } = await evicted(() => Response.error());
    expect((await outcome).kind).toBe('transient');
    expect(bodies).toHaveLength(1);
  });

  test('credentials that are not accepted are KUBERNETES_DENIED', async () => {
    const { outcome } = await evicted(refuse(401, {}));
    await expect(outcome).rejects.toMatchObject({ code: 'KUBERNETES_DENIED' });
  });

  test('foreign text comes on one line, without control characters, and cut', async () => {
    const refused = await evicted(refuse(403, { message: `no\n\u001b[31m${'x'.repeat(5000)}` }));
    const outcome = await refused.outcome;
    expect(outcome.kind).toBe('denied');
    const message = 'message' in outcome ? outcome.message : '';
    expect(message).toMatch(/^no \[31mx+…$/);
    expect(message).toHaveLength(300);
  });

  test.each([
    { ...target, name: '..' },
    { ...target, namespace: 'a/b' },
  ])('%o is refused: it is no name', async pod => {
    const { writer } = await connect();
    await expect(writer.evict(authorization, pod, never(), open)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});
