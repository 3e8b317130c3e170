import type { Performer } from './effect-performer.ts';

export const leaveEtcd: Performer<'leave_etcd'> = async (effect, { writers, authorization, signal, fence }) => {
  const target = { address: effect.address, endpoints: effect.endpoints };
  return { result: 'ok', detail: await writers.talos.leaveEtcd(authorization, target, signal, fence) };
};
