import type { SimCluster } from '../../../src/simulation/world/cluster.ts';

/** Nodes with a cordon on them, or with what is left of one of ours. */
export const cordonedNodes = ({ store }: SimCluster): string[] =>
  store
    .list('nodes')
    .filter(({ spec, metadata }) => {
      const annotations = Object.keys(metadata.annotations ?? {});
      const isOurs = annotations.some(annotation => annotation.startsWith('containers-gm/'));
      return isOurs || (spec as { unschedulable?: boolean }).unschedulable === true;
    })
    .map(({ metadata }) => metadata.name);
