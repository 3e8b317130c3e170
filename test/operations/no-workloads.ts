import type { Manifests, WorkloadReader, WorkloadWriter } from '../../src/ports/workloads.ts';

const unasked = (): Promise<never> => Promise.reject(new Error('nobody asks for workloads here'));

/** The workloads of a cluster in a test that is about something else: whoever asks fails. */
export const noWorkloads = (cluster: string): WorkloadReader => ({
  cluster,
  object: unasked,
  list: unasked,
  rollout: unasked,
  revisions: unasked,
  endpoints: unasked,
  namespaces: unasked,
  dryRun: unasked,
  missingRights: unasked,
});

/** Writers beside those that a test is about: whoever uses them fails. */
export const noWorkloadWriters = (cluster: string): { workloads: WorkloadWriter; manifests: Manifests } => ({
  workloads: {
    cluster,
    createNamespace: unasked,
    apply: unasked,
    restore: unasked,
    scale: unasked,
    restart: unasked,
    rollBack: unasked,
    deleteObjects: unasked,
    labelNode: unasked,
    taintNode: unasked,
    deleteNode: unasked,
  },
  manifests: { read: unasked, keepPrior: unasked, prior: unasked },
});
