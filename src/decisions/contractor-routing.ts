/** Which contractor work on clusters goes to (seed lines 72-76). */

/** One cluster at a time. */
export const SINGLE_CLUSTER = 'talos';
/** Several clusters beside each other; it only reads. */
export const MULTI_CLUSTER = 'talos-a2a';

/** The standard contractor for one cluster, the one over several for more (seed line 76, ledger R42). */
export const contractorFor = (clusters: readonly string[]): typeof SINGLE_CLUSTER | typeof MULTI_CLUSTER =>
  new Set(clusters).size > 1 ? MULTI_CLUSTER : SINGLE_CLUSTER;
