import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { node, notFound, status } from './api-objects.ts';
import { authorization, connect, never, ONE } from './cluster-fixture.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const NODE = `${ONE}/api/v1/nodes/w-1`;
const OWNER = 'containers-gm/cordoned-by';
const PRIOR = 'containers-gm/prior-unschedulable';
const cordon = { node: 'w-1', resourceVersion: '7', owner: 'op-1', priorUnschedulable: false };

/** Records patches; answers each with the next code, the last for ever. */
function patches(...codes: number[]) {
  const seen: { contentType: string | null; body: unknown }[] = [];
  server.use(
    http.patch(NODE, async ({ request }) => {
      seen.push({ contentType: request.headers.get('content-type'), body: await request.json() });
      const code = codes[seen.length - 1] ?? codes.at(-1) ?? 200;
      if (code === 200) return HttpResponse.json(node('w-1'));
      const reason = { 409: 'Conflict', 404: 'NotFound' }[code] ?? '';
      return HttpResponse.json(status(code, { reason }), { status: code });
    }),
  );
  return seen;
}

const serveNode = (annotations: Record<string, string>, unschedulable = true) =>
  server.use(http.get(NODE, () => HttpResponse.json(node('w-1', { annotations, unschedulable }))));

describe('cordon (SAFETY 8)', () => {
  test.each([true, false])('is one merge patch: unschedulable, owner, prior state %s, resourceVersion', async prior => {
    const seen = patches(200);
    const { writer } = await connect();
    expect(await writer.cordon(authorization, { ...cordon, priorUnschedulable: prior }, never())).toBe('cordoned');
    expect(seen).toEqual([
      {
        contentType: 'application/merge-patch+json',
        body: {
          metadata: { resourceVersion: '7', annotations: { [OWNER]: 'op-1', [PRIOR]: String(prior) } },
          spec: { unschedulable: true },
        },
      },
    ]);
  });

  test('on a node that changed meanwhile is a conflict, asked once', async () => {
    const seen = patches(409);
    const { writer } = await connect();
    expect(await writer.cordon(authorization, cordon, never())).toBe('conflict');
    expect(seen).toHaveLength(1);
  });

  test.each([
    [404, 'NOT_FOUND'],
    [403, 'KUBERNETES_DENIED'],
    [500, 'KUBERNETES_UNAVAILABLE'],
    [503, 'KUBERNETES_UNAVAILABLE'],
  ])('answered with %d is %s, asked once', async (code, error) => {
    const seen = patches(code);
    const { writer } = await connect();
    await expect(writer.cordon(authorization, cordon, never())).rejects.toMatchObject({ code: error });
    expect(seen).toHaveLength(1);
  });

  test.each(['..', '../pods/x', 'W-1', '', 'a/b'])('of %j is refused: it is no name', async name => {
    const { writer } = await connect();
    await expect(writer.cordon(authorization, { ...cordon, node: name }, never())).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});

describe('uncordon (SAFETY 8)', () => {
  test.each([
    ['false', { spec: { unschedulable: null } }],
    ['true', {}],
  ])('gives back prior state %s and takes our annotations away', async (prior, spec) => {
    serveNode({ [OWNER]: 'op-1', [PRIOR]: prior });
    const seen = patches(200);
    const { writer } = await connect();
    expect(await writer.uncordon(authorization, { node: 'w-1', owner: 'op-1' }, never())).toBe('uncordoned');
    expect(seen.map(({ body }) => body)).toEqual([
      { metadata: { resourceVersion: '7', annotations: { [OWNER]: null, [PRIOR]: null } }, ...spec },
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ['nobody’s', {}],
    ['another operation’s', { [OWNER]: 'op-2', [PRIOR]: 'false' }],
    ['ours without prior state', { [OWNER]: 'op-1' }],
    ['ours with a prior state that says nothing', { [OWNER]: 'op-1', [PRIOR]: 'maybe' }],
  ])('leaves a cordon that is %s', async (_title, annotations) => {
    serveNode(annotations);
    const { writer } = await connect();
    expect(await writer.uncordon(authorization, { node: 'w-1', owner: 'op-1' }, never())).toBe('not-ours');
  });

  test('looks again after a conflict', async () => {
    serveNode({ [OWNER]: 'op-1', [PRIOR]: 'false' });
    const seen = patches(409, 409, 200);
    const { writer } = await connect();
    expect(await writer.uncordon(authorization, { node: 'w-1', owner: 'op-1' }, never())).toBe('uncordoned');
    expect(seen).toHaveLength(3);
  });

  test('after a conflict with somebody who took the node over, leaves it', async () => {
    serveNode({ [OWNER]: 'op-1', [PRIOR]: 'false' });
    server.use(
      http.patch(NODE, () => {
        serveNode({ [OWNER]: 'op-2', [PRIOR]: 'true' });
        return HttpResponse.json(status(409, { reason: 'Conflict' }), { status: 409 });
      }),
    );
    const { writer } = await connect();
    expect(await writer.uncordon(authorization, { node: 'w-1', owner: 'op-1' }, never())).toBe('not-ours');
  });

  test('on a node that never stops changing is a conflict', async () => {
    serveNode({ [OWNER]: 'op-1', [PRIOR]: 'false' });
    const seen = patches(409);
    const { writer } = await connect();
    expect(await writer.uncordon(authorization, { node: 'w-1', owner: 'op-1' }, never())).toBe('conflict');
    expect(seen).toHaveLength(3);
  });

  test('of a node that is gone is NOT_FOUND', async () => {
    server.use(http.get(NODE, () => HttpResponse.json(notFound('nodes', 'w-1'), { status: 404 })));
    const { writer } = await connect();
    await expect(writer.uncordon(authorization, { node: 'w-1', owner: 'op-1' }, never())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
