import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { lease, notFound, status } from './api-objects.ts';
import { ONE } from './cluster-fixture.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const LEASES = `${ONE}/apis/coordination.k8s.io/v1/namespaces/kube-system/leases`;
export const NOW_MICRO = '2026-11-22T10:00:00.000000Z';

interface Stored {
  metadata: { resourceVersion: string; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
}

/** The Lease as the API server keeps it: resourceVersions fence writes. `meddle` runs before each write. */
export function serveLease(
  start: Record<string, unknown> | undefined,
  meddle: (state: { stored: Stored | undefined }) => void = () => {},
) {
  const state: { stored: Stored | undefined; writes: number } = {
    stored: start === undefined ? undefined : lease('containers-gm', 'kube-system', start),
    writes: 0,
  };
  const refuse = (code: number, reason: string) => HttpResponse.json(status(code, { reason }), { status: code });
  const keep = (body: Stored) => {
    state.stored = { ...body, metadata: { ...body.metadata, resourceVersion: String(100 + state.writes) } };
    return HttpResponse.json({ ...state.stored });
  };
  server.use(
    http.get(`${LEASES}/containers-gm`, () =>
      state.stored === undefined
        ? HttpResponse.json(notFound('leases', 'containers-gm'), { status: 404 })
        : HttpResponse.json({ ...state.stored }),
    ),
    http.post(LEASES, async ({ request }) => {
      meddle(state);
      state.writes++;
      return state.stored === undefined ? keep((await request.json()) as Stored) : refuse(409, 'AlreadyExists');
    }),
    http.put(`${LEASES}/containers-gm`, async ({ request }) => {
      meddle(state);
      state.writes++;
      const body = (await request.json()) as Stored;
      const isCurrent = body.metadata.resourceVersion === state.stored?.metadata.resourceVersion;
      return isCurrent ? keep(body) : refuse(409, 'Conflict');
    }),
  );
  return state;
}
