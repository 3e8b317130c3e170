import * as z from 'zod';

/** A Kubernetes object's or node's name (RFC 1123 subdomain). */
const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'expected a Kubernetes name');
const cluster = z.string().min(1).max(63).describe('a cluster’s name');
const clusters = z.array(cluster).min(1).max(20).describe('clusters’ names, in wave order');
const version = z
  .string()
  .regex(/^v?\d{1,4}\.\d{1,4}(\.\d{1,4})?(-[0-9A-Za-z.-]{1,40})?$/, 'expected a version like v1.29 or v1.29.3')
  .describe('a version, like v1.29.3');
const reason = z.string().min(1).max(400).describe('why, for the record');
const node = name.describe('a node’s name');
const namespace = name.describe('a namespace’s name');
const addresses = (most: number) =>
  z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .max(most)
    .describe(
      'addresses of machines that are there already; absent: the Infrastructure division is asked for machines',
    );
const acceptApiOutage = z.boolean().describe('accepts that the API of a cluster with one control plane node goes away');

/** No user, query or option: what is kept of it must hold no secret. */
const chartReference =
  /^(\/[^\0\r\n]+|oci:\/\/[A-Za-z0-9][\w.:/-]*(@sha256:[0-9a-f]{64})?|https:\/\/[A-Za-z0-9][\w.:/+-]*|[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)$/;

const chartSource = z.strictObject({
  chart: z
    .string()
    .max(1_000)
    .regex(chartReference, 'expected an absolute path, oci://…, https://… or repository/chart')
    .describe('an absolute path on the server, oci://…, https://… or repository/chart'),
  version: version.optional(),
});

const chart = chartSource
  .extend({ values: z.string().max(500_000).describe('YAML').optional() })
  .refine(
    ({ chart: reference, version: asked }) => /^(\/|https:)|@sha256:/.test(reference) || asked !== undefined,
    'a chart of a repository needs its version',
  );
export type Chart = z.infer<typeof chart>;

const applicationName = name.describe('the application’s name');

/** One application of a deployment: manifests, or a chart that is rendered to them. Both may carry secrets: kept apart, 0600. */
const application = z
  .strictObject({
    name: applicationName,
    namespace: namespace.optional(),
    manifests: z.string().min(1).max(900_000).describe('YAML, one or several documents').optional(),
    chart: chart.describe('a Helm chart, in the place of manifests').optional(),
  })
  .refine(
    ({ manifests, chart: given }) => (manifests === undefined) !== (given === undefined),
    'one of manifests and chart is needed',
  );

const nodeSpecification = z.strictObject({
  cpu: z.number().int().min(1).max(512).optional(),
  /** GiB. */
  memory: z.number().int().min(1).max(16_384).optional(),
  /** GiB. */
  disk: z.number().int().min(1).max(1_000_000).optional(),
  network: z.string().min(1).max(200).optional(),
});

const taint = z.strictObject({
  key: z.string().min(1).max(317),
  value: z.string().max(63).optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});

const others = [
  z.strictObject({ playbook: z.literal('daily_health_check'), clusters: clusters.optional() }),
  z.strictObject({ playbook: z.literal('node_management'), clusters: clusters.optional() }),
  z.strictObject({
    playbook: z.literal('workload_monitoring'),
    clusters: clusters.optional(),
    namespace: namespace.optional(),
  }),
  z.strictObject({ playbook: z.literal('cluster_optimization'), clusters: clusters.optional() }),
  z.strictObject({ playbook: z.literal('certificate_management'), clusters: clusters.optional() }),
  z.strictObject({
    playbook: z.literal('backup_validation'),
    clusters: clusters.optional(),
    /** The newest snapshot of each is restored into the division's scratch cluster, compared and wiped: the COO decides. */
    restore: z.boolean().optional(),
  }),
  z.strictObject({
    playbook: z.literal('division_review'),
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .describe('YYYY-MM; absent: this month')
      .optional(),
  }),
  z.strictObject({
    playbook: z.literal('version_planning'),
    clusters: clusters.optional(),
    to_version: version.optional(),
  }),
  z.strictObject({ playbook: z.literal('capacity_planning'), clusters: clusters.optional() }),
  z.strictObject({ playbook: z.literal('cluster_failure'), clusters }),
  z.strictObject({ playbook: z.literal('node_failure'), cluster, node }),
  z.strictObject({
    playbook: z.literal('workload_failure'),
    cluster,
    namespace,
    workload: name.describe('a Deployment, StatefulSet or DaemonSet'),
  }),
  z.strictObject({
    playbook: z.literal('scale_cluster'),
    cluster,
    count: z.number().int().min(1).max(50).describe('how many nodes to add'),
    role: z.enum(['worker', 'control-plane']).default('worker').describe('of the new nodes'),
    specification: nodeSpecification.describe('of each machine: cores, GiB, GiB, network').optional(),
    labels: z.record(z.string().max(317), z.string().max(63)).describe('of the new nodes').optional(),
    taints: z.array(taint).max(20).describe('of the new nodes').optional(),
    addresses: addresses(50).optional(),
  }),
  z.strictObject({
    playbook: z.literal('kubernetes_upgrade'),
    clusters,
    to_version: version,
    accept_api_outage: acceptApiOutage.optional(),
  }),
  z.strictObject({
    playbook: z.literal('talos_upgrade'),
    clusters,
    to_version: version,
    canary: z.boolean().describe('one worker first, then the others').optional(),
    accept_api_outage: acceptApiOutage.optional(),
  }),
  z.strictObject({ playbook: z.literal('remove_node'), cluster, node, reason: reason.optional() }),
  z.strictObject({
    playbook: z.literal('maintain_node'),
    cluster,
    node,
    reason,
    /** Uncordoned by itself after so long; absent: when somebody resumes the operation. */
    minutes: z.number().int().min(1).max(10_080).describe('given back by itself after so long').optional(),
  }),
  z.strictObject({
    playbook: z.literal('rotate_certificates'),
    cluster,
    /** Server certificates renew themselves; the Talos and Kubernetes client credentials do not (contractors.md 5). */
    what: z.enum(['client', 'talos-ca', 'kubernetes-ca']).default('client').describe('which certificates'),
  }),
  z.strictObject({
    playbook: z.literal('recover_etcd'),
    cluster,
    /** File in the snapshot directory; absent: the newest verified one. */
    snapshot: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^/\\]+$/, 'expected a file name')
      .describe('a file in the snapshot folder; absent: the newest verified one')
      .optional(),
  }),
  z.strictObject({
    playbook: z.literal('create_cluster'),
    name: cluster.describe('the new cluster’s name'),
    control_planes: z.union([z.literal(1), z.literal(3), z.literal(5)]).describe('how many control plane nodes'),
    workers: z.number().int().min(0).max(200).describe('how many workers'),
    talos_version: version.optional(),
    kubernetes_version: version.optional(),
    labels: z.record(z.string().max(317), z.string().max(63)).describe('of the workers').optional(),
    addresses: addresses(205).optional(),
  }),
] as const;

const deploy = z.strictObject({
  playbook: z.literal('deploy_application'),
  cluster,
  /** Different namespaces go at the same time, one namespace's applications one after the other (seed 440). */
  applications: z.array(application).min(1).max(20).describe('what to deploy'),
});

/**
 * What the division is asked to do: a playbook and its parameters (CONTRACT, decompose_task). Where `clusters` is absent every
 * cluster of the division is meant.
 */
export const Task = z.discriminatedUnion('playbook', [...others, deploy]);
export type Task = z.infer<typeof Task>;
export type PlaybookName = Task['playbook'];

const keptApplication = z.strictObject({
  name: applicationName,
  namespace: namespace.optional(),
  /** What the manifests were rendered from. */
  chart: chartSource.optional(),
  /** Of the manifests, which lie under this name in the private folder: no secret is written to the division directory (CONTRACT). */
  manifest_sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A task as its plan keeps it. */
export const KeptTask = z.discriminatedUnion('playbook', [
  ...others,
  deploy.extend({ applications: z.array(keptApplication).min(1).max(20) }),
]);
export type KeptTask = z.infer<typeof KeptTask>;
