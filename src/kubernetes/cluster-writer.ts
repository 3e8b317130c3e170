import type { ClusterConfig } from '../model/config.ts';
import type { Clock, ClusterWriter } from '../ports.ts';
import type { KubernetesApi } from './api-call.ts';
import { assertMay } from './authority-guard.ts';
import { cordonNode, uncordonNode } from './cordon.ts';
import { evictPod } from './evict.ts';
import { holdLease, releaseLease } from './lease.ts';

/**
 * Writes to one cluster: each asks for the mode and the right first, then does one thing; errors as in ports.ts. `directory` is the
 * id of the division directory in whose name the Lease is held.
 */
export function clusterWriter(
  api: KubernetesApi,
  config: ClusterConfig,
  clock: Clock,
  directory?: string,
): ClusterWriter {
  return {
    cluster: config.name,
    cordon: async (authorization, cordon, signal) => {
      assertMay(config, authorization, 'cordon');
      return cordonNode(api, cordon, signal);
    },
    uncordon: async (authorization, uncordon, signal) => {
      assertMay(config, authorization, 'uncordon');
      return uncordonNode(api, uncordon, signal);
    },
    evict: async (authorization, pod, signal, fence) => {
      assertMay(config, authorization, 'evict');
      return evictPod(api, pod, signal, fence);
    },
    holdLease: async (authorization, holder, signal, insteadOf) => {
      assertMay(config, authorization, 'hold_lease');
      return holdLease(api, clock, { holder, directory, insteadOf }, signal);
    },
    releaseLease: async (authorization, holder, signal) => {
      assertMay(config, authorization, 'release_lease');
      return releaseLease(api, { holder, directory }, signal);
    },
  };
}
