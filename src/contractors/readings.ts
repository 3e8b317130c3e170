import type { ReceiptFacts } from '../model/facts.ts';

/** Members, services, versions and contexts as a contractor tells them, whatever its own words are. */
export interface VersionReading {
  /** Server tag, never the client's; undefined when the node did not answer. */
  server: string | undefined;
  client: string | undefined;
}
export interface TalosMemberReading {
  hostname: string;
  machineType: string;
  operatingSystem: string;
  addresses: readonly string[];
}
export interface ContextsReading {
  current: string | undefined;
  contexts: readonly { name: string; endpoints: readonly string[] }[];
  client: string | undefined;
}
export interface SnapshotReading {
  path: string;
  bytes: number;
  sha256: string;
}
/** A claim that the attempt was dispatched; of a contractor that is told of no attempt, without its id. */
export interface DispatchReading {
  attemptId: string | undefined;
  detail: string;
}

export interface ReceiptReading {
  attemptId: string;
  receipt: ReceiptFacts;
}

/** A reading with the address of the machine it is of, where the contractor tells it; it has to be the one that was asked. */
export interface OfMachine<Reading> {
  address: string | undefined;
  reading: Reading;
}

export interface KubeconfigReading {
  path: string;
  bytes: number;
  sha256: string;
  server: string;
  /** Epoch milliseconds, when its client certificate said. */
  expiresAt: number | undefined;
}
