/** The dialects of names, priorities and statuses that handoffs are written in (ledger C-3, C-5; D14). */
import type { HandoffPriority, Party } from '../model/handoff.ts';

const PARTIES: readonly (Party & { slug: string; aliases: readonly string[] })[] = [
  { kind: 'coo', name: 'coo', slug: 'coo', aliases: ['chief-operating-officer'] },
  { kind: 'prime', name: 'cortex-prime', slug: 'prime', aliases: ['cortex', 'meta-agent', 'meta'] },
  { kind: 'division', name: 'containers', slug: 'containers', aliases: [] },
  { kind: 'division', name: 'infrastructure', slug: 'infra', aliases: [] },
  { kind: 'division', name: 'configuration', slug: 'config', aliases: [] },
  { kind: 'division', name: 'monitoring', slug: 'mon', aliases: [] },
  { kind: 'division', name: 'workflows', slug: 'workflows', aliases: ['workflow'] },
  { kind: 'division', name: 'intelligence', slug: 'intelligence', aliases: ['intel'] },
  { kind: 'master', name: 'coordinator', slug: 'coord', aliases: [] },
  { kind: 'master', name: 'development', slug: 'dev', aliases: [] },
  { kind: 'master', name: 'security', slug: 'sec', aliases: [] },
  { kind: 'master', name: 'inventory', slug: 'inv', aliases: [] },
  { kind: 'master', name: 'cicd', slug: 'cicd', aliases: ['ci-cd'] },
];

const BY_NAME = new Map(
  PARTIES.flatMap(party => [party.name, party.slug, ...party.aliases].map(name => [name, party] as const)),
);

/** Letters, digits and single dashes, in lower case; '' when nothing is left. */
export const slugOf = (text: string, maxCharacters: number): string =>
  text
    .slice(0, 4 * maxCharacters)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, maxCharacters)
    .replaceAll(/^-+|-+$/g, '');

/**
 * Who a name means, by full name, abbreviation or alias, any case, with or without "division", "master" or "gm" after it;
 * `other` for a stranger; undefined for what is no name.
 */
export function partyNamed(value: unknown): Party | undefined {
  if (typeof value !== 'string') return undefined;
  const slug = slugOf(value, 40);
  const known = BY_NAME.get(slug) ?? BY_NAME.get(slug.replace(/-(?:division|master|gm|agent)$/, ''));
  if (known !== undefined) return { kind: known.kind, name: known.name };
  return slug === '' ? undefined : { kind: 'other', name: slug };
}

/** The abbreviation that stands in ids and file names: infra for infrastructure. */
export const slugFor = (party: Party): string => BY_NAME.get(party.name)?.slug ?? party.name;

/** Whom we may send to: everybody in the table but ourselves. */
export const recipients: readonly Party[] = PARTIES.filter(party => party.name !== 'containers').map(
  ({ kind, name }) => ({ kind, name }),
);

const PRIORITIES = new Map<string, HandoffPriority>([
  ...['critical', 'p0', '0', 'immediate', 'emergency', 'urgent', 'blocker'].map(word => [word, 'critical'] as const),
  ...['high', 'p1', '1', 'major', 'important'].map(word => [word, 'high'] as const),
  ...['medium', 'p2', '2', 'normal', 'default', 'standard', 'moderate'].map(word => [word, 'medium'] as const),
  ...['low', 'p3', '3', 'p4', '4', 'minor', 'trivial'].map(word => [word, 'low'] as const),
]);

/** R84: the priority a word or number means; undefined when it means none that we know. */
export function priorityOf(value: unknown): HandoffPriority | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return PRIORITIES.get(String(value).trim().slice(0, 20).toLowerCase());
}

/** A word of a status or type, in our spelling: `Pending Approval` is pending_approval; undefined for what is no such word. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value
    .trim()
    .slice(0, 61)
    .toLowerCase()
    .replaceAll(/[\s./-]+/g, '_');
  return /^[a-z][a-z0-9_]{0,59}$/.test(word) ? word : undefined;
}

const words = (text: string): Set<string> => new Set(text.trim().split(/\s+/));

/** Types that others are known to write. The set is open: what is not in it is kept, and shown as foreign text. */
const TYPES = words(`
  approval_request approval_response resource_request resource_provisioning resource_response incident_notification coordination
  escalation feature_request workload_deployment alert unknown knowledge_sharing task_delegation status_update task_assignment
  task_completion task_routing security_review security_remediation insight_report recommendation vm_provisioned cluster_ready
  blocker_report advance_notice infrastructure_assessment dashboard_deployment budget_threshold`);
const STATUSES = words(`
  pending pending_approval pending_pickup active_incident acknowledged assigned accepted picked_up in_progress blocked completed
  rejected failed expired approved cancelled canceled withdrawn superseded changes_requested`);
const NAMES = new Set(PARTIES.map(party => party.name));

/** True for a type, status or name that is in our tables: any other word may be made to be read as a sentence. */
export const isKnownType = (type: string): boolean => TYPES.has(type);
export const isKnownStatus = (status: string): boolean => STATUSES.has(status);
export const isKnownParty = (party: Party): boolean => NAMES.has(party.name);
