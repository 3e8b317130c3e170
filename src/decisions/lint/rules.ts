/**
 * The findings of a manifest's lint as data: how grave each is, whether a deployment waits until it is gone, and the line of the
 * seed that asks for it (ledger R304 to R311, R172, R201).
 */
export type Severity = 'error' | 'warning' | 'info';

export interface LintRule {
  severity: Severity;
  /** Nothing is deployed while it stands. */
  blocks: boolean;
  rule: string;
}

const REQUESTS = 'seed line 650: resource requests and limits are always set';
const PROBES = 'seed line 651: liveness and readiness probes on all pods';
const BUDGETS = 'seed line 652: PodDisruptionBudgets protect workloads during node maintenance';
const SPREAD = 'seed line 653: replicas are spread across nodes';
const NETWORK = 'seed line 656: zero-trust networking by network policies';
const PODS = 'seed line 657: restricted pod security is enforced';
const RBAC = 'seed line 658: RBAC by the principle of least privilege';
const SECRETS = 'seed line 659: secrets are never stored in ConfigMaps';
const VALIDATE = 'seed line 677: the manifest is validated (resources, security, labels)';
const NAMESPACE = 'seed line 679: the namespace is created if needed';

const error = (rule: string, blocks: boolean): LintRule => ({ severity: 'error', blocks, rule });
const warning = (rule: string): LintRule => ({ severity: 'warning', blocks: false, rule });
const info = (rule: string): LintRule => ({ severity: 'info', blocks: false, rule });

export const lintRules = {
  requests_missing: error(REQUESTS, true),
  limits_missing: error(REQUESTS, true),
  quantity_invalid: error(REQUESTS, true),
  request_above_limit: error(REQUESTS, true),
  liveness_missing: warning(PROBES),
  readiness_missing: warning(PROBES),
  budget_missing: warning(BUDGETS),
  budget_allows_none: error(BUDGETS, false),
  budget_twice: error(BUDGETS, false),
  spread_missing: warning(SPREAD),
  spread_of_others: warning(SPREAD),
  default_deny_missing: warning(NETWORK),
  pod_security_baseline: error(PODS, true),
  pod_security_restricted: error(PODS, false),
  namespace_not_restricted: warning(PODS),
  rbac_wildcard: error(RBAC, true),
  rbac_cluster_admin: error(RBAC, true),
  rbac_everyone: error(RBAC, true),
  rbac_escalation: error(RBAC, false),
  rbac_all_secrets: warning(RBAC),
  secret_in_configmap: error(SECRETS, true),
  secret_in_env: error(SECRETS, true),
  image_missing: error(VALIDATE, true),
  image_not_pinned: error(VALIDATE, false),
  namespace_missing: error(NAMESPACE, true),
  namespace_of_system: error(NAMESPACE, true),
  namespace_other: warning(NAMESPACE),
  namespace_default: warning(NAMESPACE),
  namespace_absent: info(NAMESPACE),
  selector_mismatch: error(VALIDATE, true),
  service_selects_nothing: warning(VALIDATE),
  labels_missing: info(VALIDATE),
  server_fields: info(VALIDATE),
  kind_unknown: info(VALIDATE),
} as const satisfies Record<string, LintRule>;

export type LintRuleId = keyof typeof lintRules;
