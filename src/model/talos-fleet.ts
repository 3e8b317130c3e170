/**
 * What the first-party contractor over several clusters (`containers-gm contractor talos-a2a`) says over MCP. It only reads; a
 * cluster that fails is told beside the others and hides none of them.
 */
import * as z from 'zod';

/** Reads that are carried out on each machine, by the name of the tool that reads one. */
export const fleetReads = [
  'talos_version',
  'talos_services',
  'talos_disks',
  'talos_time',
  'talos_memory',
  'talos_etcd_members',
  'talos_etcd_status',
  'talos_etcd_alarms',
] as const;

const chosen = {
  clusters: z.array(z.string()).min(1).optional().describe('names of clusters; all by default'),
  federation: z.string().optional().describe('all clusters of a federation, instead of clusters'),
  concurrency: z.number().int().min(1).max(8).default(4).describe('clusters asked at once'),
  deadline_seconds: z.number().int().min(1).max(110).default(60).describe('of each cluster'),
  max_machines: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(100)
    .describe('of each cluster; the rest is counted, not read'),
};
const FleetInput = z.strictObject(chosen);
const FleetReadInput = z.strictObject({
  ...chosen,
  read: z.enum(fleetReads),
  role: z.enum(['controlplane', 'worker', 'all']).default('all'),
});

const failure = { error_class: z.string(), message: z.string() };
const failed = z
  .array(z.looseObject({ cluster: z.string(), ...failure }))
  .describe('clusters that did not answer: nothing is known of them');
const perCluster = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.looseObject({ clusters: z.array(z.looseObject({ cluster: z.string(), ...shape })), failed });

const FleetClusters = z.looseObject({
  clusters: z.array(
    z.looseObject({
      name: z.string(),
      context: z.string(),
      environment: z.string(),
      simulated: z.boolean(),
      endpoints: z.array(z.string()),
      federations: z.array(z.string()),
    }),
  ),
  federations: z.array(z.looseObject({ name: z.string(), clusters: z.array(z.string()) })),
});
const machines = {
  machines: z.array(
    z.looseObject({
      node: z.string(),
      hostname: z.string(),
      role: z.string(),
      version: z.string().nullable(),
      kubelet: z.string().nullable(),
      schematic: z.string().nullable(),
      extensions: z.array(z.string()).nullable(),
      stage: z.string().nullable(),
      ready: z.boolean().nullable(),
      platform: z.string().nullable(),
      unanswered: z.array(z.string()),
    }),
  ),
  not_read: z.number().describe('machines beyond max_machines'),
};
const counted = z
  .record(z.string(), z.number())
  .describe('value -> how many machines; unknown for those that did not say');
const versions = { talos: counted, kubelet: counted };
const health = {
  healthy: z.boolean().nullable().describe('null: not everything answered, so it is not known'),
  issues: z.array(z.string()),
  unknown: z.array(z.string()),
};
const certificates = {
  first_expiry: z.string().nullable(),
  certificates: z.array(
    z.looseObject({ node: z.string(), kind: z.string(), name: z.string(), expires_at: z.string() }),
  ),
  unanswered: z.array(z.looseObject({ node: z.string(), part: z.string(), ...failure })),
};
export const FleetDrift = z.looseObject({
  compared: z.array(z.string()),
  differences: z.array(
    z.looseObject({
      subject: z.enum(['talos_version', 'kubelet_version', 'schematic', 'extensions', 'machine_config']),
      role: z.string(),
      path: z
        .string()
        .nullable()
        .describe('in the machine config; its secrets and what is of one machine is not compared'),
      values: z.array(z.looseObject({ cluster: z.string(), value: z.string() })),
    }),
  ),
  more_differences: z.number(),
  unknown: z.array(z.string()),
  failed,
});
const answers = {
  answers: z.array(z.looseObject({ node: z.string(), answer: z.record(z.string(), z.unknown()) })),
  unanswered: z.array(z.looseObject({ node: z.string(), ...failure })),
  not_read: z.number(),
};

export type FleetDrift = z.infer<typeof FleetDrift>;
/** Of each cluster: value -> how many machines. */
export const FleetVersions = perCluster(versions);
export type FleetVersions = z.infer<typeof FleetVersions>;

/** Tool name -> input and result. */
export const talosFleetTools = {
  talos_fleet_clusters: { input: z.strictObject({}), output: FleetClusters },
  talos_fleet_inventory: { input: FleetInput, output: perCluster(machines) },
  talos_fleet_versions: { input: FleetInput, output: FleetVersions },
  talos_fleet_health: { input: FleetInput, output: perCluster(health) },
  talos_fleet_certificates: { input: FleetInput, output: perCluster(certificates) },
  talos_fleet_drift: { input: FleetInput, output: FleetDrift },
  talos_fleet_read: { input: FleetReadInput, output: perCluster(answers) },
} as const;
