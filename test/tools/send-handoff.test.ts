import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../mcp/connected-client.ts';
import { errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { aFront, type Fixture } from '../mcp/front-fixture.ts';

let fixture: Fixture;
let client: Connection['client'];
beforeEach(async () => {
  fixture = await aFront();
  ({ client } = await fixture.connect('legacy'));
});
afterEach(async () => fixture.close());

const send = (given: Record<string, unknown>) => client.callTool({ name: 'send_handoff', arguments: given });
const readSent = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(join(fixture.front.config.home, 'coordination', path), 'utf8'));

describe('send_handoff', () => {
  it('R79, R82: the seed’s approval request, as the seed writes it', async () => {
    const context = {
      summary: 'Need 5 additional Kubernetes worker nodes',
      impact: 'Support increased workload demand',
      cost: '3k additional tokens + infrastructure resources',
      timeline: '24 hours',
    };
    const result = await send({
      to: 'coo',
      handoff_type: 'approval_request',
      priority: 'high',
      context,
      task_id: 'cluster-expansion-001',
    });
    const paths = [
      'divisions/containers/handoffs/outgoing/containers-to-coo-cluster-expansion-001.json',
      'divisions/containers/handoffs/containers-to-coo-cluster-expansion-001.json',
    ];
    expect(structuredOf(result)).toMatchObject({
      simulated: true,
      handoff_id: 'containers-to-coo-cluster-expansion-001',
      paths,
      address: 'gm://handoffs/containers-to-coo-cluster-expansion-001',
      next: expect.stringContaining('end your turn'),
    });
    expect(textOf(result)).toContain('Sent containers-to-coo-cluster-expansion-001, high approval_request.');
    for (const path of paths) {
      expect(await readSent(path)).toMatchObject({
        from_division: 'containers',
        to: 'coo',
        context,
        status: 'pending_approval',
      });
    }
  });

  it('R190: the seed’s request to the Development Master', async () => {
    const summary = 'Add automated node remediation to Talos A2A contractor';
    const result = await send({
      to: 'development',
      handoff_type: 'feature_request',
      priority: 'medium',
      context: { summary },
    });
    const { paths } = structuredOf(result);
    expect(paths).toContain('masters/coordinator/handoffs/to-development-feature-request-001.json');
    expect(await readSent('masters/coordinator/handoffs/to-development-feature-request-001.json')).toMatchObject({
      to_master: 'development',
      task_data: { title: summary },
    });
  });

  it('takes secrets out and says so', async () => {
    const result = await send({
      to: 'security',
      handoff_type: 'security_review',
      priority: 'low',
      context: { summary: 'leaked', found: 'password: hunter2hunter2' },
    });
    expect(structuredOf(result)).toMatchObject({ redacted: true });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  const good = { to: 'coo', handoff_type: 'escalation', priority: 'high', context: { summary: 's' } };
  it.each([
    ['whom we don’t know', { to: 'mars' }, 'to: one of coo, cortex-prime, infrastructure'],
    ['ourselves', { to: 'containers' }, 'to: one of'],
    ['a type that is no word', { handoff_type: 'Please approve' }, 'handoff_type'],
    ['no summary', { context: {} }, 'context.summary'],
    [
      'half an approval request',
      { handoff_type: 'approval_request' },
      'context.impact: missing; context.cost: missing; context.timeline: missing',
    ],
    [
      'a plan’s hash',
      { context: { summary: 'only a routine patch', plan_hash: 'ab'.repeat(32) } },
      'context.plan_hash',
    ],
    ['a priority there is not', { priority: 'urgent' }, 'priority'],
    ['a status of its own', { status: 'approved' }, 'status: unknown argument'],
  ])('refuses %s', async (_what, change, said) => {
    const error = errorOf(await send({ ...good, ...change }));
    expect([error.code, error.message]).toEqual(['INPUT_INVALID', expect.stringContaining(said)]);
    expect(existsSync(join(fixture.front.division.directory, 'handoffs', 'sending'))).toBe(false);
  });
});
