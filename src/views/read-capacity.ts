import type { WhatIf } from '../model/capacity.ts';
import { type CapacityReading, readCapacity } from '../operations/read-capacity.ts';
import type { ClusterPorts, FrontEnd } from '../ports.ts';

/** A cluster's capacity as a front end asks for it. [KUBERNETES_*, INPUT_INVALID, TIMEOUT, CANCELLED] */
export const capacityOf = (
  front: FrontEnd,
  cluster: ClusterPorts,
  asked: { horizonDays: number; whatIf?: WhatIf | undefined; withSizes?: boolean },
  signal: AbortSignal,
): Promise<CapacityReading> => {
  const { knowledge, handoffs, log, config } = front;
  const { thresholds, capacity } = config;
  return readCapacity(
    { knowledge, handoffs, log, thresholds, leadDays: capacity.lead_time_days },
    cluster,
    asked,
    signal,
  );
};
