import type { Performer } from './effect-performer.ts';

export const removeEtcdMember: Performer<'remove_etcd_member'> = async (
  effect,
  { writers, authorization, signal, fence },
) => {
  const target = { address: effect.address, endpoints: effect.endpoints, memberId: effect.member_id };
  return { result: 'ok', detail: await writers.talos.removeEtcdMember(authorization, target, signal, fence) };
};
