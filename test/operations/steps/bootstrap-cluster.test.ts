import { describe, expect, it } from 'vitest';
import { DivisionError } from '../../../src/errors.ts';
import type { ReceiptFacts } from '../../../src/model/facts.ts';
import type { StepProgress } from '../../../src/model/step.ts';
import type { KeptTask } from '../../../src/model/task.ts';
import { bootstrapCluster } from '../../../src/operations/steps/bootstrap-cluster.ts';
import type { ClusterPorts } from '../../../src/ports.ts';
import { aMachine, etcdViews } from '../../decisions/facts.ts';
import { clusterPorts } from '../../mcp/front-fixture.ts';
import { plannedStep, scene, stage } from './regular-scene.ts';

const task: KeptTask = { playbook: 'create_cluster', name: 'edge', control_planes: 3, workers: 0 };
const planes = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];
const uuid = (address: string): string => `uuid-${address}`;

interface Given {
  /** Of each machine's etcd service; undefined: it does not tell. */
  etcd: readonly (string | undefined)[];
  attempts?: number;
  receipt?: ReceiptFacts;
  /** Addresses whose machine is another one by now. */
  others?: readonly string[];
}

function cluster({ etcd, receipt = { state: 'absent' }, others = [] }: Given): ClusterPorts {
  const ports = clusterPorts('edge');
  const runs = (address: string) => etcd[planes.indexOf(address)] === 'Running';
  return {
    ...ports,
    config: { ...ports.config, talos: { ...ports.config.talos, endpoints: planes } },
    talos: {
      ...ports.talos,
      machine: async ({ address }) =>
        aMachine('cp', { address, systemUuid: others.includes(address) ? 'another' : uuid(address) }),
      services: async ({ address }) => {
        const state = etcd[planes.indexOf(address)];
        if (state === undefined) throw new DivisionError('TIMEOUT', 'no answer', 'try again');
        return [{ id: 'etcd', state, health: '?', lastEvent: '' }];
      },
      etcd: async ({ address }) => {
        const [view] = etcdViews(['cp-1']);
        if (!view || !runs(address)) throw new DivisionError('TIMEOUT', 'no answer', 'try again');
        return { ...view, address };
      },
      attempt: async () => receipt,
    },
  };
}

async function look(given: Given): Promise<string> {
  const attempts = Array.from({ length: given.attempts ?? 0 }, (_, index) => ({
    attempt_id: `op.bootstrap.${index + 1}`,
    boot_id: 'b',
    intended_at: '2026-11-22T10:00:00Z',
  }));
  const progress: Partial<StepProgress> = { attempts };
  const asked = scene({
    stage: await stage(),
    action: { does: 'bootstrap_cluster' },
    id: 'edge/bootstrap',
    target: { cluster: 'edge' },
    task,
    cluster: cluster(given),
    before: planes.map((address, machine) => ({
      step: plannedStep(
        `edge/machine-${machine + 1}/configure`,
        { does: 'configure_machine' },
        { cluster: 'edge', machine },
      ),
      progress: { result: { system_uuid: uuid(address) } },
    })),
  });
  const seen = await bootstrapCluster({ ...asked, progress: { ...asked.progress, ...progress } });
  if (seen.kind === 'failed') return seen.code;
  if (seen.kind !== 'effect' || seen.effect.kind !== 'bootstrap') return seen.kind;
  return `bootstrap ${seen.effect.address} ${seen.effect.control_plane.length}`;
}

const waiting = ['Preparing', 'Preparing', 'Preparing'];

describe('R324, SAFETY 3: a cluster is bootstrapped once', () => {
  it.each<[string, Given, string]>([
    ['every etcd waits for data: on the first control plane machine', { etcd: waiting }, 'bootstrap 10.0.0.2 3'],
    ['one machine does not tell: nothing is sent', { etcd: ['Preparing', undefined, 'Preparing'] }, 'wait'],
    ['etcd starts somewhere: nothing is sent', { etcd: ['Preparing', 'Starting', 'Preparing'] }, 'wait'],
    [
      'etcd runs, and we began none: somebody else did',
      { etcd: ['Preparing', 'Running', 'Waiting'] },
      'OPERATION_CONFLICT',
    ],
    ['a machine is another by now: nothing is sent', { etcd: waiting, others: ['10.0.0.4'] }, 'CONTRACTOR_SUSPECT'],
    ['after a crash, the attempt never arrived: the same one', { etcd: waiting, attempts: 1 }, 'bootstrap 10.0.0.2 3'],
    [
      'after a crash, etcd runs: done, whatever the receipt says',
      { etcd: ['Running', 'Waiting', 'Waiting'], attempts: 1, receipt: { state: 'lost', startedAt: '' } },
      'done',
    ],
    [
      'after a crash, its end is lost and etcd does not run: a doubt, and nothing is sent',
      { etcd: waiting, attempts: 1, receipt: { state: 'lost', startedAt: '' } },
      'OUTCOME_UNKNOWN',
    ],
    [
      'it ended well, and etcd does not run yet: wait',
      { etcd: waiting, attempts: 1, receipt: { state: 'exited', exitCode: 0, exitedAt: '', stderrTail: '' } },
      'wait',
    ],
  ])('%s', async (_what, given, expected) => {
    expect(await look(given)).toBe(expected);
  });
});
