import type { FleetDrift, FleetVersions } from '../model/talos-fleet.ts';

/**
 * The contractor over several clusters: what it says of them, each beside the others; one that does not answer hides none. It only
 * reads, and its word is checked like any other's. [CAPABILITY_MISSING, CONTRACTOR_*, TIMEOUT, CANCELLED]
 */
export interface FleetReader {
  readonly contractor: string;
  /** False where it is not the contractor that is meant, or can't be started. [CANCELLED] */
  offersDrift(signal: AbortSignal): Promise<boolean>;
  versions(clusters: readonly string[], signal: AbortSignal): Promise<FleetVersions>;
  drift(clusters: readonly string[], signal: AbortSignal): Promise<FleetDrift>;
}
