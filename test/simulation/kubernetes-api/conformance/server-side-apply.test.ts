import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { APPLY, MERGE, STRATEGIC } from '../call.ts';
import { openApiUnderTest } from './api-under-test.ts';
import { type Stored, stored as storedAt } from './pods-and-budgets.ts';
import { type ApiUnderTest, asked, done, emptied } from './scratch-namespace.ts';

const WEB = 'apps/v1/deployments/web';

let at: ApiUnderTest;
beforeAll(async () => {
  at = await openApiUnderTest();
});
beforeEach(() => emptied(at));
afterAll(() => at?.close());

/** A Deployment that its controller leaves alone: paused, it makes no ReplicaSet. */
const deployment = (spec: Record<string, unknown> = {}, labels: Record<string, string> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels },
  spec: {
    paused: true,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'x:1' }] } },
    ...spec,
  },
});

const apply = (manager: string, body: unknown, query = '') =>
  asked(at, 'PATCH', `${WEB}?fieldManager=${manager}${query}`, { body, type: APPLY });
const patch = (manager: string, body: unknown, type: string) =>
  done(at, 'PATCH', `${WEB}?fieldManager=${manager}`, { body, type });
const stored = (): Promise<Stored | undefined> => storedAt(at, WEB);
const message = async (answer: ReturnType<typeof apply>): Promise<unknown> => (await answer).json.message;

describe('server-side apply', () => {
  it('creates with 201, then answers 200 and keeps the version of an unchanged object', async () => {
    expect((await apply('a', deployment({ replicas: 2 }))).code).toBe(201);
    // A controller of Deployments writes its own part once, at a time of its own.
    const keepsVersion = async (): Promise<boolean> => {
      const before = (await stored())?.metadata.resourceVersion;
      expect((await apply('a', deployment({ replicas: 2 }))).code).toBe(200);
      return (await stored())?.metadata.resourceVersion === before;
    };
    await expect.poll(keepsVersion, { timeout: 5_000 }).toBe(true);
  });

  it('another applier with another value is a conflict, with a cause a field; the same value is shared', async () => {
    await apply('a', deployment({ replicas: 2 }));
    expect((await apply('b', deployment({ replicas: 2 }))).code).toBe(200);
    const { code, json } = await apply('b', deployment({ replicas: 3 }));
    expect({ code, ...json }).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "a": .spec.replicas',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a"', field: '.spec.replicas' }],
      },
    });
  });

  it('forced, it takes the field away from the other', async () => {
    await apply('a', deployment({ replicas: 2 }));
    expect((await apply('b', deployment({ replicas: 3 }), '&force=true')).code).toBe(200);
    expect((await stored())?.spec).toMatchObject({ replicas: 3 });
    const again = await message(apply('a', deployment({ replicas: 2 })));
    expect(again).toBe('Apply failed with 1 conflict: conflict with "b": .spec.replicas');
  });

  it('a field changed by an update belongs to the updater', async () => {
    await apply('a', deployment({ replicas: 2 }));
    await patch('scaler', { spec: { replicas: 9 } }, MERGE);
    const refused = await message(apply('a', deployment({ replicas: 2 })));
    expect(refused).toMatch(
      /^Apply failed with 1 conflict: conflict with "scaler" using apps\/v1.*: \.spec\.replicas$/,
    );
  });

  it('leaving a field out removes it, unless somebody else owns it too', async () => {
    await apply('a', deployment({}, { mine: '1', both: '1' }));
    await apply('b', deployment({}, { both: '1' }));
    await apply('a', deployment());
    expect((await stored())?.metadata.labels).toEqual({ both: '1' });
  });

  it('leaving a container out removes it; containers of others stay', async () => {
    const two = deployment();
    two.spec.template.spec.containers.push({ name: 'side', image: 'x:1' });
    await apply('a', two);
    const mesh = { spec: { template: { spec: { containers: [{ name: 'mesh', image: 'm:1' }] } } } };
    await patch('injector', mesh, STRATEGIC);
    await apply('a', deployment());
    const { template } = ((await stored())?.spec ?? {}) as { template?: { spec: { containers: { name: string }[] } } };
    expect(template?.spec.containers.map(({ name }) => name).sort()).toEqual(['c', 'mesh']);
  });

  it.for([
    ['no manager', '', deployment(), [400, 422]],
    ['managedFields', 'a', { ...deployment(), metadata: { name: 'web', managedFields: [] } }, [400]],
    ['another name', 'a', { ...deployment(), metadata: { name: 'other' } }, [400]],
    ['another kind', 'a', { ...deployment(), kind: 'StatefulSet' }, [400, 500]],
  ] as const)('%s is refused', async ([, manager, body, codes]) => {
    expect(codes).toContain((await apply(manager, body)).code);
  });

  it('a dry run answers the result and keeps nothing', async () => {
    expect((await apply('a', deployment(), '&dryRun=All')).code).toBe(201);
    expect(await stored()).toBeUndefined();
  });
});
