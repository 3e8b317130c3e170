/** Every tool, every principal, every action id, through a real client: exactly what the matrix says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorityMatrix, mayDecide } from '../../src/decisions/authority.ts';
import { Role } from '../../src/model/principal.ts';
import { tools } from '../../src/tools/index.ts';
import { type Connection, errorOf, structuredOf } from './connected-client.ts';
import { aFront, type Fixture } from './front-fixture.ts';

/** A reach that raises nothing. */
const scope = {
  nodes_from_infrastructure: 0,
  control_plane_nodes_left: 3,
  changes_talos_minor: false,
  changes_kubernetes_version: false,
  tokens_projected: 0,
};

describe.each(Role.options)('a connection of %s', role => {
  let fixture: Fixture;
  let client: Connection['client'];
  beforeAll(async () => {
    fixture = await aFront({ principal: role });
    ({ client } = await fixture.connect('modern'));
  });
  afterAll(async () => fixture.close());

  it.each(tools.map(tool => tool.name))('R74: reaches %s as far as its impact allows', async name => {
    const tool = tools.find(each => each.name === name);
    const isListed = tool?.listedFor?.includes(role) ?? true;
    const listed = (await client.listTools()).tools.some(each => each.name === name);
    expect(listed).toBe(isListed);
    if (!isListed) return;
    const result = await client.callTool({ name, arguments: {} });
    const isRefused = result.isError === true && errorOf(result).code === 'AUTHORITY_REFUSED';
    expect(isRefused).toBe(role === 'viewer' && tool?.impact !== 'observe');
  });

  it.each(authorityMatrix)('R57, R64, R69: $action is $level: decided, asked for or refused accordingly', async row => {
    const result = await client.callTool({ name: 'approve_or_escalate', arguments: { action: row.action, scope } });
    if (role === 'viewer') {
      expect(errorOf(result).code).toBe('AUTHORITY_REFUSED');
      return;
    }
    const verdict = row.level === 'autonomous' ? 'autonomous' : mayDecide(role, row.level) ? 'refused' : 'escalated';
    expect(structuredOf(result)).toMatchObject({ verdict, level: row.level, action: row.action, rule: row.rule });
  });
});

it('prints its size', () => {
  const cells = Role.options.length * (tools.length + authorityMatrix.length);
  process.stdout.write(`tools × principals and actions × principals through a client: ${cells} cells\n`);
  expect(cells).toBeGreaterThan(100);
});
