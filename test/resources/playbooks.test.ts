import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authorityMatrix } from '../../src/decisions/authority.ts';
import { Task } from '../../src/model/task.ts';
import { playbooks } from '../../src/playbooks/index.ts';
import { parametersOf } from '../../src/playbooks/parameters.ts';
import { type Connection, eras, structuredOf } from '../mcp/connected-client.ts';
import { aFront, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await aFront();
});
afterEach(async () => fixture.close());

const names = playbooks.map(({ name }) => name);

async function read(client: Connection['client'], uri: string): Promise<Record<string, unknown>> {
  const { contents } = await client.readResource({ uri });
  const [content] = contents;
  return JSON.parse(content && 'text' in content ? content.text : '') as Record<string, unknown>;
}

describe.each(eras)('gm://playbooks, %s era', era => {
  it('lists every playbook that decompose_task can plan', async () => {
    const { client } = await fixture.connect(era);
    const { playbooks: listed } = (await read(client, 'gm://playbooks')) as { playbooks: { name: string }[] };
    expect(listed.map(({ name }) => name)).toEqual(names);
    const planned = structuredOf(await client.callTool({ name: 'decompose_task', arguments: {} }));
    expect(planned.playbooks_total).toBe(names.length);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain('gm://playbooks/create_cluster');
  });

  it('gives one as data: parameters, phases, steps, gates, authority, sources', async () => {
    const { client } = await fixture.connect(era);
    expect(await read(client, 'gm://playbooks/maintain_node')).toMatchObject({
      name: 'maintain_node',
      simulated: true,
      source: 'seed 196',
      parameters: {
        type: 'object',
        required: ['cluster', 'node', 'reason'],
        properties: { minutes: { type: 'integer', minimum: 1, maximum: 10_080 } },
      },
      authority: { action: 'node.drain', level: 'autonomous', rule: expect.stringContaining('seed line 111') },
      phases: [
        { name: 'gate', mode: 'steps', over: 'clusters' },
        {
          name: 'maintenance',
          over: 'node',
          steps: expect.arrayContaining([
            expect.objectContaining({
              id: 'cordon',
              source: 'seed 450',
              undone_by: 'uncordon',
              gate: expect.any(String),
            }),
          ]),
        },
      ],
      estimate: { minutes_of_steps: 36 },
    });
    expect(await read(client, 'gm://playbooks/talos_upgrade')).toMatchObject({
      phases: expect.arrayContaining([expect.objectContaining({ mode: 'turns', decider: 'talos_upgrade' })]),
    });
  });

  it('completes names, and names what there is when asked for another', async () => {
    const { client } = await fixture.connect(era);
    const ref = { type: 'ref/resource' as const, uri: 'gm://playbooks/{name}' };
    const { completion } = await client.complete({ ref, argument: { name: 'name', value: 'talos' } });
    expect(completion.values).toEqual(['talos_upgrade']);
    await expect(read(client, 'gm://playbooks/nonsense')).rejects.toThrow();
  });
});

describe('playbooks as data', () => {
  it.each(names)('%s names an authority action of the matrix and the parameters that its task requires', name => {
    const playbook = playbooks.find(candidate => candidate.name === name);
    // What no row names is Cortex Prime's (CONTRACT): meant for the one, an oversight for any other.
    const known = [
      ...authorityMatrix.map(({ action }) => action),
      ...(name === 'recover_etcd' ? ['etcd.recover'] : []),
    ];
    expect(known).toContain(playbook?.action);
    const { required } = parametersOf(name);
    const missing = Task.safeParse({ playbook: name }).error?.issues.map(({ path }) => path.join('.')) ?? [];
    expect([...required].toSorted()).toEqual(missing.toSorted());
  });

  it('talos_upgrade has the phases of its plans, each with its gate', async () => {
    const { client } = await fixture.connect('modern');
    const task = { playbook: 'talos_upgrade', clusters: ['staging'], to_version: 'v1.13.9', canary: true };
    const result = structuredOf(await client.callTool({ name: 'decompose_task', arguments: { task } }));
    const { plan } = result as { plan: { playbook: string; kind: string; phases: { name: string; gate: string }[] } };
    expect(plan).toMatchObject({ playbook: 'talos_upgrade', kind: 'talos' });
    const playbook = playbooks.find(({ name }) => name === 'talos_upgrade');
    expect(plan.phases.map(({ name, gate }) => ({ name, gate }))).toEqual(
      playbook?.phases.map(phase => ({ name: phase.name, gate: phase.mode === 'turns' ? phase.gate : '' })),
    );
  });
});
