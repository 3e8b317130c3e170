import { describe, expect, it } from 'vitest';
import type { TurnFacts } from '../../../src/decisions/upgrade-turn.ts';
import type { MachineFacts, NodeFacts } from '../../../src/model/facts.ts';
import { FROM, type ModelWorld, TO } from './model-world.ts';
import { type Asked, aFleet, cordon, decide, drained, install, observed, performed } from './one-turn.ts';

const NODE = 'cp-2';
const said = [...drained(NODE), ...performed(install(NODE), 'ok'), observed(NODE, 'validating')];

/** A control plane node that came back with the new version. */
function upgraded(): Pick<Asked, 'world' | 'plan'> {
  const fleet = aFleet();
  fleet.world.perform(cordon(NODE));
  fleet.world.perform(install(NODE));
  fleet.world.advance(180_000);
  return fleet;
}

/** Decides as the runner does: Kubernetes alone first, then all there is, with what was changed in both. */
function decideWhole(fleet: Pick<Asked, 'world' | 'plan'>, seen: Partial<TurnFacts>) {
  const first = decide({ ...fleet, said });
  expect(first.decision).toEqual({ kind: 'look' });
  return decide({ ...fleet, said, seen, ...(first.memory && { memory: first.memory }) }).decision;
}

function change(world: ModelWorld, node: Partial<NodeFacts>, machine: Partial<MachineFacts> | undefined) {
  const facts = world.facts(undefined, NODE);
  const [known, asked] = [facts.node, facts.machines.get(NODE)];
  if (!known || !asked) throw new Error('the node is not back');
  const machines = new Map(facts.machines);
  if (machine) machines.set(NODE, { ...asked, ...machine });
  else machines.delete(NODE);
  return { node: { ...known, ...node }, machines };
}

describe('SAFETY 4: a Talos upgrade', () => {
  it('is proved by all of it, and only then uncordoned', () => {
    expect(decideWhole(upgraded(), {})).toMatchObject({ kind: 'effect', effect: { kind: 'uncordon', node: NODE } });
  });

  const OLD_BOOT = `${NODE}-boot-1`;
  it.each<{ what: string; node?: Partial<NodeFacts>; machine?: Partial<MachineFacts> | undefined }>([
    { what: 'in the boot in which it began', node: { bootId: OLD_BOOT }, machine: { bootId: OLD_BOOT } },
    { what: 'whose boot Kubernetes does not tell', node: { bootId: '' } },
    { what: 'that Kubernetes shows at the old version', node: { osImage: `Talos (${FROM})` } },
    { what: 'that is not Ready', node: { ready: false } },
    { what: 'of unknown readiness', node: { ready: 'unknown' } },
    { what: 'of which Talos says nothing', machine: undefined },
    { what: 'in another boot for Talos', machine: { bootId: 'boot-9' } },
    { what: 'that Talos shows at the old version', machine: { version: FROM } },
    { what: 'without its schematic', machine: { schematic: 'f'.repeat(64) } },
    { what: 'whose schematic nobody knows', machine: { schematic: undefined } },
    { what: 'of another machine', machine: { systemUuid: 'another' } },
    { what: 'that is still booting', machine: { stage: 'booting' } },
    { what: 'that is not ready for Talos', machine: { ready: false } },
  ])('$what is waited for', ({ node = {}, ...rest }) => {
    const fleet = upgraded();
    const machine = 'machine' in rest ? rest.machine : {};
    expect(decideWhole(fleet, change(fleet.world, node, machine))).toMatchObject({ kind: 'wait' });
  });

  it.each<[string, (facts: TurnFacts) => Partial<TurnFacts>]>([
    [
      'one API server is silent',
      ({ servers: [one, ...rest] }) => ({ servers: one ? [{ ...one, reachable: false }, ...rest] : [] }),
    ],
    [
      'one does not report etcd ready',
      ({ servers: [one, ...rest] }) => ({ servers: one ? [{ ...one, etcdReady: false }, ...rest] : [] }),
    ],
    ['no API server is known', () => ({ servers: [] })],
    [
      'one member of etcd does not answer',
      ({ etcd: [one, ...rest] }) => ({ etcd: one ? [{ ...one, status: undefined }, ...rest] : [] }),
    ],
  ])('of the control plane is waited for while %s', (_what, changed) => {
    const fleet = upgraded();
    expect(decideWhole(fleet, changed(fleet.world.facts(undefined, NODE)))).toMatchObject({ kind: 'wait' });
  });

  it('that both sides show at the old version in a new boot was rolled back', () => {
    const fleet = upgraded();
    const seen = change(fleet.world, { osImage: `Talos (${FROM})` }, { version: FROM });
    expect(decideWhole(fleet, seen)).toMatchObject({ kind: 'observe', state: 'rolled_back' });
    expect(fleet.world.versions()).toContain(TO);
  });
});
