import type { Performer } from './effect-performer.ts';

export const disarmAlarm: Performer<'disarm_alarm'> = async (effect, { writers, authorization, signal }) => {
  const target = { address: effect.address, endpoints: effect.endpoints };
  const disarmed = await writers.talos.disarmAlarm(authorization, target, signal);
  const names = disarmed.map(({ memberId, alarm }) => `${alarm} on ${memberId}`).join(', ');
  return { result: 'ok', detail: names === '' ? 'no alarm was armed' : `disarmed: ${names}` };
};
