import type { FamilyWords } from './shapes.ts';

/** Seed 114, 424 to 457, 708 to 727; ledger R205 to R218, R328. */
export const upgrades: FamilyWords = {
  words: {
    canary: { en: 'canary, canary first, with a canary, with canary, using a canary, one node as canary' },
    accepts_outage: {
      en: 'accept api outage, accepting api outage, accept the api outage, accepting the api outage, api outage accepted, accept an api outage',
    },
  },
  rules: [
    {
      family: 'upgrade',
      disrupts: true,
      patterns: [
        'upgrade kubernetes',
        'upgrade version_number',
        'upgrade cluster',
        'upgrade cluster_name',
        'bring version_number',
        'upgrade kubernetes version_number',
        'bring kubernetes version_number',
        'upgrade talos',
        'upgrade talos version_number',
        'upgrade cluster_name version_number',
        'upgrade node',
        'upgrade node_name',
        'upgrade worker',
        'upgrade control_plane',
        'upgrade latest',
        'scale version_number',
        'upgrade kubernetes cluster',
        'upgrade versions',
        'move version_number',
        'move talos version_number',
        'get version_number',
        'put version_number',
        'deploy kubernetes version_number',
        'deploy talos version_number',
      ],
      allows:
        'get put deploy move kubernetes talos cluster cluster_name version_number to from all node latest canary accepts_outage bring upgrade sequence versions',
    },
  ],
};
