import type { FamilyWords } from './shapes.ts';

const FREE = 'is kubernetes talos emergency failure down fix investigate health issue';

/** Seed 489 to 541; ledger R237 to R265. */
export const emergencies: FamilyWords = {
  words: {
    majority: { en: 'majority of nodes, majority of the nodes, majority node loss, most nodes, most of the nodes' },
  },
  rules: [
    {
      family: 'cluster_failure',
      disrupts: true,
      patterns: [
        'cluster_name down',
        'cluster down',
        'control_plane down',
        'control_plane failure',
        'etcd down',
        'etcd failure',
        'cluster failure',
        'cluster_name failure',
        'emergency restore',
        'emergency restore cluster',
        'restore cluster',
        'restore cluster_name',
        'restore control_plane',
        'majority failure',
        'majority down',
        'majority',
        'emergency cluster_name',
        'emergency cluster',
        'emergency restore cluster_name',
        'down control_plane cluster_name',
        'etcd down cluster_name',
        'failure control_plane cluster_name',
      ],
      allows: `${FREE} cluster cluster_name control_plane etcd majority restore all`,
    },
    {
      family: 'node_failure',
      disrupts: true,
      patterns: [
        'node_name down',
        'node_name failure',
        'node down',
        'worker down',
        'node failure',
        'worker failure',
        'replace node_name down',
        'replace node down',
        'fix node_name down',
        'replace node_name failure',
      ],
      allows: `${FREE} node worker control_plane node_name cluster cluster_name replace`,
    },
    {
      family: 'workload_failure',
      disrupts: true,
      patterns: [
        'workload_name down',
        'workload_name failure',
        'pods down',
        'workload down',
        'workload failure',
        'workload_name pods down',
        'fix workload_name down',
        'pods failure',
        'namespace_name down',
        'workload_name namespace_name down',
        'workload_name workload down',
      ],
      allows: `${FREE} workload workload_name pods namespace namespace_name cluster cluster_name`,
    },
  ],
};
