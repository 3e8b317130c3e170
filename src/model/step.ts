import * as z from 'zod';

/** What a check looks at; each is one pure decision over facts (decisions/checks). */
export const CheckSubject = z.enum([
  // daily (seed 183-189)
  'nodes',
  'etcd',
  'control_plane',
  'pods',
  'resources',
  'certificates',
  // nodes and workloads (seed 195-213)
  'node_usage',
  'maintenance',
  'unhealthy_nodes',
  'node_versions',
  'container_usage',
  'restarts',
  'etcd_latency',
  'services',
  'ingress',
  // weekly (seed 218-241)
  'utilisation',
  'rebalancing',
  'placement',
  'quotas',
  'unused',
  'certificate_rotation',
  'certificate_chain',
  'pod_security',
  'backups',
  'recovery_plan',
  // monthly (seed 245-270)
  'uptime',
  'deployments',
  'budget_efficiency',
  'kubernetes_releases',
  'drift',
  'upgrade_schedule',
  'staging_record',
  'growth',
  'node_needs',
  // gates
  'cluster_healthy',
  'no_other_node_down',
  'removed_apis',
  'version_path',
  'window',
  'node_unhealthy',
  'capacity_restored',
  'smoke',
]);
export type CheckSubject = z.infer<typeof CheckSubject>;

/** Who a handoff of a step goes to, and what it is for; its text is made from facts when it is sent. */
export const StepHandoff = z.enum([
  'issues_to_coo',
  'incident_to_coo_and_owners',
  'incident_to_infrastructure',
  'review_to_prime',
  'machines_from_infrastructure',
  'windows_to_divisions',
  'inventory_of_certificates',
  'notice_to_cicd',
  'completion_to_sender',
  'owner_of_workload',
  'development_of_code_fault',
  'report_to_coo',
  'monitoring_of_new_cluster',
]);
export type StepHandoff = z.infer<typeof StepHandoff>;

/** What is written into the division's own records. */
export const StepRecord = z.enum([
  'certificates',
  'capacity_sample',
  'recovery_time',
  'incident',
  'deployment',
  'lesson',
  'monthly_review',
  'version_plan',
  'capacity_report',
  'optimisation_report',
  'daily_status',
  'emergency_reserve',
]);
export type StepRecord = z.infer<typeof StepRecord>;

/**
 * Everything a step of a procedure can do: one member, one file in operations/steps/. No member carries what it acts on: that is the
 * step's target, and the parameters are the task's.
 */
export const StepAction = z.discriminatedUnion('does', [
  /** Looks and tells; `must_hold`: an issue of severity error, or what can't be read, fails the step. */
  z.object({ does: z.literal('check'), subject: CheckSubject, must_hold: z.boolean() }),
  z.object({ does: z.literal('hold_lease') }),
  /** Until nothing of the cluster is unsettled: before and after each node. */
  z.object({ does: z.literal('await_health') }),
  z.object({ does: z.literal('snapshot_etcd') }),
  z.object({ does: z.literal('verify_snapshot') }),
  z.object({ does: z.literal('drill_restore') }),
  /** A machine without a configuration becomes the scratch cluster, whose etcd waits for a snapshot. */
  z.object({ does: z.literal('configure_scratch') }),
  z.object({ does: z.literal('restore_scratch') }),
  /** What was restored beside what the live cluster says. */
  z.object({ does: z.literal('compare_restored') }),
  /** The machine is without a configuration again. */
  z.object({ does: z.literal('wipe_scratch') }),
  z.object({ does: z.literal('cordon') }),
  z.object({ does: z.literal('drain') }),
  z.object({ does: z.literal('hold_maintenance') }),
  z.object({ does: z.literal('uncordon') }),
  z.object({ does: z.literal('prove_node') }),
  z.object({ does: z.literal('diagnose') }),
  z.object({ does: z.literal('mitigate') }),
  z.object({ does: z.literal('watch_stability') }),
  z.object({ does: z.literal('leave_etcd') }),
  z.object({ does: z.literal('reset_machine') }),
  z.object({ does: z.literal('delete_node') }),
  z.object({ does: z.literal('await_machines') }),
  z.object({ does: z.literal('configure_machine') }),
  z.object({ does: z.literal('await_join') }),
  z.object({ does: z.literal('label_node') }),
  z.object({ does: z.literal('bootstrap_cluster') }),
  /** Two looks at every member, minutes apart, both say so. */
  z.object({ does: z.literal('prove_quorum_lost') }),
  z.object({ does: z.literal('choose_snapshot') }),
  z.object({ does: z.literal('keep_etcd_data') }),
  z.object({ does: z.literal('wipe_etcd') }),
  z.object({ does: z.literal('recover_etcd') }),
  /** Until the control plane serves again; names the plan that restores it. */
  z.object({ does: z.literal('await_recovery') }),
  z.object({ does: z.literal('await_rejoin') }),
  /** To Cortex Prime, under one of the four conditions. */
  z.object({ does: z.literal('escalate') }),
  z.object({ does: z.literal('fetch_kubeconfig') }),
  z.object({ does: z.literal('rotate_certificates') }),
  z.object({ does: z.literal('upgrade_control_plane') }),
  z.object({ does: z.literal('upgrade_kubelet') }),
  z.object({ does: z.literal('lint_manifests') }),
  z.object({ does: z.literal('check_fit') }),
  z.object({ does: z.literal('ensure_namespace') }),
  z.object({ does: z.literal('dry_run') }),
  z.object({ does: z.literal('apply_manifests') }),
  z.object({ does: z.literal('await_rollout') }),
  z.object({ does: z.literal('verify_endpoints') }),
  z.object({ does: z.literal('roll_back') }),
  z.object({ does: z.literal('hand_off'), handoff: StepHandoff }),
  z.object({ does: z.literal('record'), record: StepRecord }),
]);
export type StepAction = z.infer<typeof StepAction>;
export type StepKind = StepAction['does'];

/** What a step is done to; absent fields are not about it. `application` and `machine` count from 0 within the task. */
export const StepTarget = z.object({
  cluster: z.string().optional(),
  node: z.string().optional(),
  namespace: z.string().optional(),
  application: z.number().int().optional(),
  machine: z.number().int().optional(),
  /** The cluster whose snapshot is restored into `cluster`, which is a scratch cluster then. */
  backup_of: z.string().optional(),
});
export type StepTarget = z.infer<typeof StepTarget>;

export const PlannedStep = z.object({
  /** Unique in the plan: target and step. */
  id: z.string(),
  phase: z.string(),
  title: z.string(),
  /** Where the step comes from: a seed line, a SAFETY rule. */
  source: z.string(),
  action: StepAction,
  target: StepTarget,
  /** Steps that have to be over first, by id. */
  depends_on: z.array(z.string()),
  gate: z.string(),
  /** `halt`: what depends on it is not done when it fails. `go_on`: its failure is told and nothing else. */
  on_failure: z.enum(['halt', 'go_on']),
  /** Done when all it depends on is over, however that ended: reports. */
  in_any_case: z.boolean(),
  /** What takes its effect back when a later step of the same target fails. */
  undone_by: StepAction.optional(),
  contractor: z.string(),
  capability: z.string(),
  offered_by: z.string(),
  estimate_minutes: z.number(),
  estimate_tokens: z.number(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

export const StepState = z.enum(['pending', 'running', 'waiting', 'done', 'failed', 'skipped', 'undone']);
export type StepState = z.infer<typeof StepState>;

/** What a step found out, for the steps after it and for the report: never a secret, never another's raw text. */
export const StepResult = z.record(z.string(), z.unknown());
export type StepResult = z.infer<typeof StepResult>;

export const StepProgress = z.object({
  id: z.string(),
  state: StepState,
  /** When it got into this state; for `waiting`, with this reason. */
  since: z.string().optional(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  reason: z.string().optional(),
  what_ends_it: z.string().optional(),
  evidence: z.array(z.string()).optional(),
  result: StepResult.optional(),
  /** Effects of the step that were intended; with `outcomes` fewer than these, what became of the last is not known. */
  intents: z.number(),
  outcomes: z.number(),
  /** Of once-only effects (SAFETY 3), oldest first; the last is the one that counts. */
  attempts: z.array(z.object({ attempt_id: z.string(), boot_id: z.string(), intended_at: z.string() })).optional(),
  /** A person's answer to the doubt about an attempt (SAFETY 3c). */
  resolved: z
    .object({
      attempt_id: z.string(),
      as: z.enum(['done', 'not_started', 'abandon']),
      reason: z.string(),
      at: z.string(),
    })
    .optional(),
  /** What the last of them was answered. */
  last_outcome: z
    .object({ result: z.enum(['ok', 'refused', 'failed', 'unknown']), code: z.string().optional(), detail: z.string() })
    .optional(),
  /** Of a failure: an error code, and what to do. */
  code: z.string().optional(),
  remedy: z.string().optional(),
  /** Somebody resumed the operation, which was not paused, while it waited: what waits for a person's word has it. */
  told_to_go_on: z.boolean().optional(),
  /** How often it was done, and then begun anew as what it stood on was taken back or failed. */
  again: z.number().int().optional(),
});
export type StepProgress = z.infer<typeof StepProgress>;
