import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { bindNodes, stillBound, swappedUuid } from '../../src/decisions/identity.ts';
import type { MachineFacts } from '../../src/model/facts.ts';
import type { PlannedNode } from '../../src/model/plan.ts';
import { addressOf, aMachine, aNode, bootOf, uuidOf } from './facts.ts';

const names = ['cp-1', 'worker-1', 'worker-2'];
const nodes = names.map(name => aNode(name));

describe('bindNodes', () => {
  it('binds each node to the machine that agrees in every part, letters of either case', () => {
    const machines = names.map(name => aMachine(name, { systemUuid: uuidOf(name).toUpperCase() }));
    const { bound, findings } = bindNodes(nodes, machines);
    expect(findings).toEqual([]);
    expect([...bound].map(([name, machine]) => [name, machine.nodename])).toEqual(names.map(name => [name, name]));
  });

  const wrong: { what: string; change: Partial<MachineFacts>; says: string }[] = [
    { what: 'another system UUID', change: { systemUuid: uuidOf('else') }, says: 'system UUID' },
    { what: 'an unknown system UUID', change: { systemUuid: undefined }, says: '(unknown)' },
    { what: 'an empty system UUID', change: { systemUuid: '' }, says: '(unknown)' },
    { what: 'another boot id', change: { bootId: bootOf('else') }, says: 'boot id' },
    { what: 'an unknown boot id', change: { bootId: undefined }, says: '(unknown)' },
    { what: 'another address', change: { address: '10.9.9.9' }, says: 'address' },
    { what: 'another node name', change: { nodename: 'worker-9' }, says: 'node name' },
    { what: 'an unknown node name', change: { nodename: undefined }, says: '(unknown)' },
    {
      what: 'a byte-swapped system UUID',
      change: { systemUuid: swappedUuid(uuidOf('worker-1')) },
      says: 'bytes swapped',
    },
  ];
  it.each(wrong)('$what makes the contractor suspect, with the evidence', ({ change, says }) => {
    const machines = names.map(name => aMachine(name, name === 'worker-1' ? change : {}));
    const { bound, findings, evidence } = bindNodes(nodes, machines);
    expect(bound.has('worker-1')).toBe(false);
    expect(bound.size).toBe(2);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      code: 'CONTRACTOR_SUSPECT',
      subject: 'worker-1',
      rule: 'SAFETY 1: one node, one identity',
    });
    expect(findings[0]?.message).toContain(says);
    expect(evidence.get('worker-1')).not.toHaveLength(0);
  });

  it('two machines that both agree bind nothing', () => {
    const { bound, findings } = bindNodes([aNode('cp-1')], [aMachine('cp-1'), aMachine('cp-1')]);
    expect(bound.size).toBe(0);
    expect(findings[0]?.message).toContain('2 machines answer for it');
  });

  it('a Talos context of another cluster binds nothing', () => {
    const { bound, findings } = bindNodes(
      nodes,
      ['x-1', 'x-2', 'x-3'].map(name => aMachine(name)),
    );
    expect(bound.size).toBe(0);
    expect(findings).toHaveLength(3);
  });

  it('a node whose parts Kubernetes does not know binds to nothing', () => {
    const blank = aNode('cp-1', { systemUuid: '', bootId: '', internalIp: undefined });
    expect(bindNodes([blank], [aMachine('cp-1', { systemUuid: '', bootId: '' })]).bound.size).toBe(0);
  });

  law.prop([fc.shuffledSubarray(names, { minLength: 3 }), fc.shuffledSubarray(names, { minLength: 3 })])(
    'the order of nodes and machines does not matter',
    (nodeOrder, machineOrder) => {
      const answer = bindNodes(
        nodeOrder.map(name => aNode(name)),
        machineOrder.map(name => aMachine(name)),
      );
      expect([...answer.bound.keys()]).toEqual(names);
    },
  );

  const anyPart = fc.constantFrom<Partial<MachineFacts>>(
    {},
    { systemUuid: undefined },
    { bootId: undefined },
    { nodename: undefined },
    { systemUuid: 'x' },
    { bootId: 'x' },
    { nodename: 'x' },
    { address: '1.1.1.1' },
  );
  law.prop([fc.array(anyPart, { maxLength: 3 })])('bound means that every part is known and agrees', changes => {
    const machine = Object.assign(aMachine('cp-1'), ...changes) as MachineFacts;
    const isWhole =
      machine.systemUuid === uuidOf('cp-1') &&
      machine.bootId === bootOf('cp-1') &&
      machine.nodename === 'cp-1' &&
      machine.address === addressOf('cp-1');
    expect(bindNodes([aNode('cp-1')], [machine]).bound.size).toBe(isWhole ? 1 : 0);
  });
});

describe('swappedUuid', () => {
  it.each([
    ['00112233-4455-6677-8899-aabbccddeeff', '33221100-5544-7766-8899-aabbccddeeff'],
    ['4C4C4544-0051-3010-8052-B4C04F4D4432', '44454c4c-5100-1030-8052-b4c04f4d4432'],
    ['not-a-uuid', undefined],
    ['', undefined],
  ])('%s reads %s the other way round', (uuid, swapped) => {
    expect(swappedUuid(uuid)).toBe(swapped);
  });

  law.prop([fc.uuid()])('twice swapped is the same', uuid => {
    expect(swappedUuid(swappedUuid(uuid) ?? '')).toBe(uuid);
  });
});

describe('stillBound', () => {
  const planned: PlannedNode = {
    name: 'worker-1',
    role: 'worker',
    address: addressOf('worker-1'),
    system_uuid: uuidOf('worker-1'),
    from_version: 'v1.12.11',
    installer: 'factory.talos.dev/metal-installer/x:v1.13.9',
    path: ['v1.13.9'],
  };

  it('agrees while nothing changed, also after a reboot that both sides saw', () => {
    expect(stillBound(planned, aNode('worker-1'), aMachine('worker-1')).ok).toBe(true);
    expect(stillBound(planned, aNode('worker-1', { bootId: 'b2' }), aMachine('worker-1', { bootId: 'b2' })).ok).toBe(
      true,
    );
  });

  it.each<{ what: string; change: Partial<MachineFacts>; kind: string }>([
    { what: 'no answer for the boot id', change: { bootId: undefined }, kind: 'unknown' },
    { what: 'no answer for the system UUID', change: { systemUuid: undefined }, kind: 'unknown' },
    { what: 'another boot than Kubernetes sees', change: { bootId: 'b2' }, kind: 'differs' },
    { what: 'another machine', change: { systemUuid: uuidOf('else') }, kind: 'differs' },
    { what: 'a byte-swapped system UUID', change: { systemUuid: swappedUuid(uuidOf('worker-1')) }, kind: 'differs' },
    {
      what: 'another machine and no boot id',
      change: { systemUuid: uuidOf('else'), bootId: undefined },
      kind: 'differs',
    },
  ])('$what is not agreement but $kind', ({ change, kind }) => {
    expect(stillBound(planned, aNode('worker-1'), aMachine('worker-1', change))).toMatchObject({ ok: false, kind });
  });

  it('a node that was replaced under its name differs, though Talos and Kubernetes agree on it', () => {
    const uuid = uuidOf('replacement');
    const answer = stillBound(
      planned,
      aNode('worker-1', { systemUuid: uuid }),
      aMachine('worker-1', { systemUuid: uuid }),
    );
    expect(answer).toMatchObject({ ok: false, kind: 'differs' });
  });

  it('facts of another node differ', () => {
    expect(stillBound(planned, aNode('worker-2'), aMachine('worker-2'))).toMatchObject({ ok: false, kind: 'differs' });
  });
});
