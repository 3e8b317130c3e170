import { describe, expect, it } from 'vitest';
import { recoverEtcd } from '../../../src/operations/steps/recover-etcd.ts';
import { aMachine } from '../../decisions/facts.ts';
import { clusterPorts } from '../../mcp/front-fixture.ts';
import { plannedStep, scene, stage } from './regular-scene.ts';

const target = {
  name: 'cp-1',
  role: 'control-plane' as const,
  address: '10.0.0.2',
  system_uuid: 'uuid-cp-1',
  from_version: 'v1.12.11',
};

async function restoredWith(holder: string | undefined) {
  const ports = clusterPorts('staging');
  const server = {
    url: 'https://one',
    reachable: true,
    version: 'v1.35.4',
    etcdReady: true,
    error: undefined,
  } as const;
  const given = scene({
    stage: await stage(),
    action: { does: 'recover_etcd' },
    id: 'staging/restore',
    task: { playbook: 'recover_etcd', cluster: 'staging' },
    before: [
      {
        step: plannedStep('staging/choose_snapshot', { does: 'choose_snapshot' }, { cluster: 'staging' }),
        progress: { result: { path: '/snapshots/one', sha256: 'a'.repeat(64) } },
      },
    ],
    cluster: {
      ...ports,
      config: { ...ports.config, talos: { ...ports.config.talos, endpoints: [target.address] } },
      kubernetes: {
        ...ports.kubernetes,
        servers: async () => [server],
        lease: async () => ({ holder, renewedAt: undefined, resourceVersion: '1' }),
      },
      talos: {
        ...ports.talos,
        machine: async ({ address }) => aMachine('cp-1', { address, systemUuid: target.system_uuid }),
        attempt: async () => ({ state: 'exited', exitCode: 0, exitedAt: '', stderrTail: '' }),
      },
    },
  });
  const attempts = [{ attempt_id: 'op.recover-etcd.1', boot_id: 'b', intended_at: '2026-11-22T10:00:00Z' }];
  const clusters = given.plan.clusters.map(cluster => ({ ...cluster, targets: [target] }));
  return recoverEtcd({
    ...given,
    plan: { ...given.plan, clusters },
    progress: { ...given.progress, attempts, intents: 1, outcomes: 1 },
  });
}

describe('a restored etcd', () => {
  it('SAFETY 6: whose snapshot brought back somebody’s Lease says so, and what ends it', async () => {
    const look = await restoredWith('op-of-then');
    expect(look.kind).toBe('done');
    const headline = look.kind === 'done' && String(look.result?.headline);
    expect(headline).toContain('op-of-then');
    expect(headline).toContain('control_operation resolve (node staging, as abandon)');
  });

  it('without one says nothing of it', async () => {
    expect(await restoredWith(undefined)).toMatchObject({
      kind: 'done',
      result: { headline: 'etcd of staging is restored' },
    });
  });
});
