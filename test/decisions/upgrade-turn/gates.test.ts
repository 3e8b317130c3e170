import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { MachineFacts, NodeFacts } from '../../../src/model/facts.ts';
import type { JournalBody } from '../../../src/model/journal.ts';
import { addressOf, uuidOf } from '../facts.ts';
import type { ModelWorld } from './model-world.ts';
import { aFleet, cordon, decide, drained, install, names, observed, opened, performed } from './one-turn.ts';

/** What the world shows, with one machine or one node of it changed. */
function withMachine(world: ModelWorld, name: string, change: Partial<MachineFacts>): Partial<TurnFacts> {
  const { machines } = world.facts();
  const machine = machines.get(name);
  if (!machine) throw new Error(`no machine ${name}`);
  return { machines: new Map(machines).set(name, { ...machine, ...change }) };
}
function withNode(world: ModelWorld, name: string, change: Partial<NodeFacts>): Partial<TurnFacts> {
  const { cluster } = world.facts();
  if (!cluster) throw new Error('no cluster');
  return {
    cluster: { ...cluster, nodes: cluster.nodes.map(each => (each.name === name ? { ...each, ...change } : each)) },
  };
}
const withAlarm = (world: ModelWorld): Partial<TurnFacts> => ({
  etcd: world.facts().etcd.map(view => ({ ...view, alarms: [{ memberId: '1', hostname: 'cp-3', alarm: 'NOSPACE' }] })),
});

const halt = (code: string) => ({ decision: { kind: 'halt', code } });
const isWait = { decision: { kind: 'wait' } };

describe('a cluster is opened', () => {
  it.each([
    ['that nobody holds', undefined, { decision: { kind: 'effect', effect: { kind: 'hold_lease' } } }],
    ['SAFETY 6: but not while another operation holds its Lease', 'op-other', halt('OPERATION_CONFLICT')],
  ])('%s', (_what, holder, expected) => {
    const fleet = aFleet();
    const { cluster } = fleet.world.facts();
    const lease = holder === undefined ? undefined : { holder, renewedAt: 0, resourceVersion: '1' };
    expect(decide({ ...fleet, said: [], seen: cluster ? { cluster: { ...cluster, lease } } : {} })).toMatchObject(
      expected,
    );
  });

  it('SAFETY 9: but not when it is not the planned one any more', () => {
    const seen = { preflight: { drift: ['node worker-9 is new'], blocked: [] } };
    const { decision } = decide({ ...aFleet(), said: [], seen });
    expect(decision).toMatchObject({
      kind: 'halt',
      status: 'failed',
      code: 'STALE_PLAN',
      evidence: ['node worker-9 is new'],
    });
  });
});

const installedAlone: JournalBody[] = [...drained('cp-2'), ...performed(install('cp-2', false), 'ok')];
const exited = { receipt: { state: 'exited', exitCode: 0, exitedAt: '', stderrTail: '' } } as const;

describe('SAFETY 1: identity is looked at before', () => {
  const steps: { step: string; said: readonly JournalBody[]; also: Partial<TurnFacts> }[] = [
    { step: 'cordon', said: opened, also: {} },
    { step: 'install', said: drained('cp-2'), also: {} },
    { step: 'reboot', said: installedAlone, also: exited },
  ];
  const identities: { what: string; change: Partial<MachineFacts>; expected: object | undefined }[] = [
    { what: 'the planned machine', change: {}, expected: undefined },
    { what: 'another machine', change: { systemUuid: uuidOf('worker-1') }, expected: halt('CONTRACTOR_SUSPECT') },
    { what: 'a machine of another name', change: { nodename: 'cp-9' }, expected: halt('CONTRACTOR_SUSPECT') },
    { what: 'a machine in a boot nobody saw', change: { bootId: 'boot-9' }, expected: halt('CONTRACTOR_SUSPECT') },
    { what: 'a machine that does not say which it is', change: { systemUuid: undefined }, expected: isWait },
  ];

  it.each(steps.flatMap(step => identities.map(identity => ({ ...step, ...identity }))))(
    '$step of $what',
    ({ step, said, also, change, expected }) => {
      const fleet = aFleet();
      fleet.world.perform(cordon('cp-2'));
      const decided = decide({ ...fleet, said, seen: { ...withMachine(fleet.world, 'cp-2', change), ...also } });
      expect(decided).toMatchObject(expected ?? { decision: { kind: 'effect', effect: { kind: step, node: 'cp-2' } } });
    },
  );

  it('a node is reached through the others of the control plane, never through itself', () => {
    const fleet = aFleet();
    fleet.world.perform(cordon('cp-2'));
    const { decision } = decide({ ...fleet, said: drained('cp-2') });
    expect(decision).toMatchObject({
      effect: { address: addressOf('cp-2'), endpoints: ['cp-1', 'cp-3'].map(addressOf) },
    });
  });
});

describe('SAFETY 10: nothing goes', () => {
  it('R209, R302: while a node is not Ready', () => {
    const fleet = aFleet();
    expect(decide({ ...fleet, said: opened, seen: withNode(fleet.world, 'worker-2', { ready: false }) })).toMatchObject(
      isWait,
    );
  });

  it('while etcd has an alarm: neither a node, nor leadership, nor an install', () => {
    const fleet = aFleet();
    expect(decide({ ...fleet, said: opened, seen: withAlarm(fleet.world) })).toMatchObject(isWait);
    const others = names.filter(name => name !== 'cp-1');
    const done = others.map(node => observed(node, 'done'));
    expect(decide({ ...fleet, said: [...opened, ...done] })).toMatchObject({
      decision: { effect: { kind: 'forfeit' } },
    });
    expect(decide({ ...fleet, said: [...opened, ...done], seen: withAlarm(fleet.world) })).toMatchObject(isWait);
    fleet.world.perform(cordon('cp-2'));
    expect(decide({ ...fleet, said: drained('cp-2'), seen: withAlarm(fleet.world) })).toMatchObject(isWait);
  });

  it('onto a node that has pods again: it is drained anew', () => {
    const fleet = aFleet();
    fleet.world.perform(cordon('worker-1'));
    const { decision } = decide({ ...fleet, said: drained('worker-1') });
    expect(decision).toMatchObject({ kind: 'observe', node: 'worker-1', state: 'draining' });
  });

  it('beside a control plane node that reboots, though Kubernetes has not noticed yet', () => {
    const { receipt: _receipt, ...unnoticed } = aFleet().world.facts();
    const said = [...drained('cp-2'), ...performed(install('cp-2'), 'ok'), observed('cp-2', 'rebooting')];
    const seen = { ...unnoticed, receipt: { state: 'running', startedAt: '' } } as const;
    expect(decide({ ...aFleet(), said, seen })).toMatchObject(isWait);
  });
});
