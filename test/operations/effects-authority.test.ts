import { describe, expect, it } from 'vitest';
import { type Authorization, mintAuthorization } from '../../src/model/authorization.ts';
import { Effect, type EffectKind } from '../../src/model/effect.ts';
import { performEffect } from '../../src/operations/perform-effect.ts';
import type { ClusterWriter, ClusterWriters, ContractorActor } from '../../src/ports.ts';

const attempt = { attempt_id: 'a', system_uuid: 'u', boot_id: 'b', address: '10.0.0.1', endpoints: ['10.0.0.2'] };
const node = { cluster: 'production', node: 'w-1' };
/** One of each kind there is: the compiler asks for the next one. */
const effects: { [Kind in EffectKind]: Extract<Effect, { kind: Kind }> } = {
  hold_lease: { kind: 'hold_lease', cluster: 'production' },
  release_lease: { kind: 'release_lease', cluster: 'production' },
  snapshot: { kind: 'snapshot', ...node, address: '10.0.0.1', endpoints: [], path: '/s' },
  forfeit: { kind: 'forfeit', ...node, address: '10.0.0.1', endpoints: [] },
  cordon: { kind: 'cordon', ...node, resource_version: '1', prior_unschedulable: false },
  evict: { kind: 'evict', ...node, pods: [{ namespace: 'shop', name: 'cart', uid: 'p' }] },
  install: { kind: 'install', ...node, ...attempt, image: 'i', reboots: true },
  reboot: { kind: 'reboot', ...node, ...attempt },
  uncordon: { kind: 'uncordon', ...node },
};
const kinds = Effect.options.map(option => option.shape.kind.value);
const grounds = {
  planHash: 'h',
  operationId: 'op-1',
  cluster: 'production',
  effects: kinds,
  level: 'coo' as const,
  rule: 'test',
};

/** Writers that note what reached them. */
function noting(): { writers: ClusterWriters; reached: string[] } {
  const reached: string[] = [];
  const note =
    <Answer>(what: string, answer: Answer) =>
    async (): Promise<Answer> => {
      reached.push(what);
      return answer;
    };
  const kubernetes: ClusterWriter = {
    cluster: 'production',
    cordon: note('cordon', 'cordoned' as const),
    uncordon: note('uncordon', 'uncordoned' as const),
    evict: note('evict', { kind: 'evicted' as const }),
    holdLease: note('hold_lease', undefined),
    releaseLease: note('release_lease', undefined),
  };
  const claim = { accepted: true, detail: 'accepted' };
  const talos: ContractorActor = {
    cluster: 'production',
    snapshot: note('snapshot', { path: '/s', bytes: 1, sha256: 'x' }),
    forfeitLeadership: note('forfeit', undefined),
    install: note('install', claim),
    reboot: note('reboot', claim),
  };
  return { writers: { kubernetes, talos }, reached };
}

/** True for a port whose every method takes an Authorization first: checked where this file is compiled. */
type AsksForAuthority<Port> = {
  [Name in keyof Port]: Port[Name] extends (...given: infer Given) => unknown
    ? Given extends [Authorization, ...unknown[]]
      ? never
      : Name
    : never;
}[keyof Port] extends never
  ? true
  : false;
const byType: [AsksForAuthority<ClusterWriter>, AsksForAuthority<ContractorActor>] = [true, true];

describe('every effect there is', () => {
  it('has its case here, and every writing port asks for an Authorization by its type', () => {
    expect(Object.keys(effects).sort()).toEqual(kinds.toSorted());
    expect(byType).toEqual([true, true]);
  });

  it.each(kinds)(
    'SAFETY 2: %s reaches nothing without the right to exactly it, for this cluster and operation',
    async kind => {
      const rights = [
        mintAuthorization({ ...grounds, effects: kinds.filter(other => other !== kind) }),
        mintAuthorization({ ...grounds, cluster: 'staging' }),
        mintAuthorization({ ...grounds, operationId: 'op-2' }),
      ];
      for (const authorization of rights) {
        const { writers, reached } = noting();
        const signal = new AbortController().signal;
        const performed = performEffect(effects[kind], { writers, authorization, operationId: 'op-1', signal });
        await expect(performed).rejects.toMatchObject({ code: 'AUTHORITY_REFUSED' });
        expect(reached).toEqual([]);
      }
    },
  );

  it.each(kinds)(
    'SAFETY 6: %s with the right to it reaches its writer, a disruption after the Lease was checked',
    async kind => {
      const { writers, reached } = noting();
      const authorization = mintAuthorization(grounds);
      const signal = new AbortController().signal;
      const outcome = await performEffect(effects[kind], { writers, authorization, operationId: 'op-1', signal });
      expect(outcome.result).toBe('ok');
      const isDisruption = ['cordon', 'evict', 'forfeit', 'install', 'reboot'].includes(kind);
      expect(reached).toEqual(isDisruption ? ['hold_lease', kind] : [kind]);
    },
  );
});
