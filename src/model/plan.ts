import * as z from 'zod';
import { PlannedStep } from './step.ts';
import { KeptTask } from './task.ts';

export const AuthorityLevel = z.enum(['autonomous', 'coo', 'cortex-prime']);
export type AuthorityLevel = z.infer<typeof AuthorityLevel>;

/** A reason for or against; `rule` cites what it follows from (SAFETY n, a seed line, a KEP). */
export const Finding = z.object({
  code: z.string(),
  cluster: z.string(),
  subject: z.string(),
  message: z.string(),
  remedy: z.string(),
  rule: z.string(),
});
export type Finding = z.infer<typeof Finding>;

export const PlannedNode = z.object({
  name: z.string(),
  role: z.enum(['control-plane', 'worker']),
  address: z.string(),
  system_uuid: z.string(),
  from_version: z.string(),
  /** Full installer image reference: the node's own schematic, platform and secure-boot variant (SAFETY 10). */
  installer: z.string(),
  /** Version hops, first to last; more than one when the target is further than one Talos step (contractors.md 5.1). */
  path: z.array(z.string()).min(1),
});
export type PlannedNode = z.infer<typeof PlannedNode>;

/** A node that a procedure acts on: what binds it to the plan (SAFETY 9). */
export const TargetNode = PlannedNode.pick({
  name: true,
  role: true,
  address: true,
  system_uuid: true,
  from_version: true,
});
export type TargetNode = z.infer<typeof TargetNode>;

export const PlannedCluster = z.object({
  name: z.string(),
  environment: z.enum(['staging', 'production']),
  simulated: z.boolean(),
  kube_system_uid: z.string(),
  nodes: z.array(PlannedNode),
  /** Nodes that a procedure's steps act on; absent in an upgrade by turns. */
  targets: z.array(TargetNode).optional(),
  /** Nodes left alone, and why (already at the target, not selected). */
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});
export type PlannedCluster = z.infer<typeof PlannedCluster>;

export const PlanPhase = z.object({
  name: z.string(),
  cluster: z.string(),
  mode: z.enum(['steps', 'turns']),
  gate: z.string(),
  nodes: z.array(z.string()),
  minutes: z.number(),
});
export type PlanPhase = z.infer<typeof PlanPhase>;

export const PlanTask = z.object({
  id: z.string(),
  contractor: z.string(),
  capability: z.string(),
  offered_by: z.string(),
  target: z.string(),
  depends_on: z.array(z.string()),
  gate: z.string(),
  estimate_minutes: z.number(),
  estimate_tokens: z.number(),
});
export type PlanTask = z.infer<typeof PlanTask>;

/** What the requester asked for, as far as it belongs to the plan hash (SAFETY 9: limits, gates, overrides, action). */
export const PlanAction = z.object({
  action: z.string(),
  kind: z.literal('talos'),
  to_version: z.string(),
  max_unavailable: z.number().int().min(1),
  canary: z.boolean(),
  node_selector: z.string().optional(),
  /** Template asked for instead of the configured one; the hash covers the image it gave each node. */
  installer: z.string().optional(),
  gates: z.array(z.string()),
  accept_api_outage: z.boolean(),
});
export type PlanAction = z.infer<typeof PlanAction>;

/** A playbook of steps: what was asked for and who decides it; the steps themselves stand in the plan and belong to its hash. */
export const ProcedureAction = z.object({
  action: z.string(),
  kind: z.literal('procedure'),
  task: KeptTask,
  gates: z.array(z.string()),
  /** What the plan reaches, for who decides it (decisions/authority/classify). */
  scope: z.object({
    nodes_from_infrastructure: z.number().int().optional(),
    control_plane_nodes_left: z.number().int().optional(),
    changes_kubernetes_version: z.boolean(),
  }),
  /** The operation that ended with the same plan before: done again, it is another operation. */
  repeats: z.string().optional(),
});
export type ProcedureAction = z.infer<typeof ProcedureAction>;

export const Plan = z.looseObject({
  record_version: z.literal(1),
  plan_hash: z.string().regex(/^[0-9a-f]{64}$/),
  playbook: z.string(),
  requested: z.discriminatedUnion('kind', [PlanAction, ProcedureAction]),
  clusters: z.array(PlannedCluster),
  phases: z.array(PlanPhase),
  tasks: z.array(PlanTask),
  /** Of a procedure. */
  steps: z.array(PlannedStep).optional(),
  authority: z.object({
    level: AuthorityLevel,
    action: z.string(),
    rule: z.string(),
    approved_by: z.string().optional(),
  }),
  preflight: z.object({ blocked: z.array(Finding), warnings: z.array(Finding) }),
  estimate: z.object({
    minutes_expected: z.number(),
    minutes_p90: z.number(),
    minutes_lower_bound: z.number(),
    bound_by: z.string(),
    tokens: z.number(),
  }),
  knowledge: z.array(z.string()),
  simulated: z.boolean(),
  created_at: z.string(),
  expires_at: z.string(),
});
export type Plan = z.infer<typeof Plan>;

/** A plan whose nodes are upgraded by turns (playbooks, mode turns). */
export type UpgradePlan = Plan & { requested: PlanAction };
/** A plan of steps. */
export type ProcedurePlan = Plan & { requested: ProcedureAction; steps: PlannedStep[] };

export const isUpgradePlan = (plan: Plan): plan is UpgradePlan => plan.requested.kind === 'talos';
export const isProcedurePlan = (plan: Plan): plan is ProcedurePlan =>
  plan.requested.kind === 'procedure' && plan.steps !== undefined;
