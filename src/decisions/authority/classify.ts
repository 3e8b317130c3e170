import { authorityMatrix, highest, type MatrixRow, unknownAction } from './matrix.ts';

/** What is known about an action's reach. An absent fact is not known, which is not the same as none. */
export interface Scope {
  /** Nodes to be asked of Infrastructure; 0: the machines are there. */
  nodes_from_infrastructure?: number | undefined;
  /** Control plane nodes that remain afterwards. */
  control_plane_nodes_left?: number | undefined;
  /** Talos' minor changes across a cluster. */
  changes_talos_minor?: boolean | undefined;
  /** The Kubernetes version changes. */
  changes_kubernetes_version?: boolean | undefined;
  /** The day's tokens with this action, projected. */
  tokens_projected?: number | undefined;
  /** What the day may come to before the COO is asked; `TOKENS_MAX` when absent. */
  tokens_limit?: number | undefined;
}

/** The facts an action can't be decided without. */
const needed: Readonly<Record<string, readonly (keyof Scope)[]>> = {
  'node.add': ['nodes_from_infrastructure'],
  'node.remove': ['control_plane_nodes_left'],
  'node.upgrade': ['changes_talos_minor', 'changes_kubernetes_version'],
};

/** More nodes than this from Infrastructure are asked of the COO first. */
export const ROUTINE_NODES_MAX = 3;
/** 110 % of the day's 15,000 tokens (ledger R66). */
export const TOKENS_MAX = 16_500;

interface Raise {
  /** Actions it is about; undefined: all. */
  actions?: readonly string[];
  applies(scope: Scope): boolean;
  to: MatrixRow;
}

const rowOf = (action: string): MatrixRow =>
  authorityMatrix.find(candidate => candidate.action === action) ?? unknownAction(action);

/** What makes an action somebody else's than its row says. Each holds for every wider scope too. */
const raises: readonly Raise[] = [
  {
    actions: ['node.add'],
    applies: scope => (scope.nodes_from_infrastructure ?? 0) > ROUTINE_NODES_MAX,
    to: {
      action: 'node.add',
      level: 'coo',
      rule: `seed line 134: more than ${ROUTINE_NODES_MAX} nodes from Infrastructure`,
    },
  },
  {
    actions: ['node.remove'],
    applies: scope => scope.control_plane_nodes_left === 0,
    to: rowOf('topology.major'),
  },
  {
    actions: ['node.upgrade'],
    applies: scope => scope.changes_talos_minor === true,
    to: { ...rowOf('kubernetes.upgrade'), rule: 'CONTRACT: a Talos minor across a cluster is COO' },
  },
  { applies: scope => scope.changes_kubernetes_version === true, to: rowOf('kubernetes.upgrade') },
  { applies: scope => (scope.tokens_projected ?? 0) > (scope.tokens_limit ?? TOKENS_MAX), to: rowOf('budget.overrun') },
];

export type Classified =
  | { outcome: 'decided'; decided: MatrixRow; actions: readonly string[] }
  /** Facts are missing: asked, never assumed. */
  | { outcome: 'question'; missing: readonly (keyof Scope)[]; actions: readonly string[] };

/** Who decides about one action of that reach. The answer never loosens as the scope widens. */
export function classifyAction(action: string, scope: Scope): Classified {
  const missing = (needed[action] ?? []).filter(fact => scope[fact] === undefined);
  const own = rowOf(action);
  const raised = raises.filter(raise => (raise.actions?.includes(action) ?? true) && raise.applies(scope));
  const decided = highest([own, ...raised.map(raise => raise.to)]);
  // What is missing could only raise it: at the top there is nothing left to ask.
  if (missing.length > 0 && decided.level !== 'cortex-prime')
    return { outcome: 'question', missing, actions: [action] };
  return { outcome: 'decided', decided, actions: [action] };
}

/** Words that name an action, tried in this order; each one found counts. */
const wordings: readonly (readonly [RegExp, string])[] = [
  [/\b(strateg\w*|vision)\b.*\bclusters?\b|\bmulti-?cluster\b.*\bstrateg\w*/i, 'multicluster.strategy'],
  [/\bmulti-?cluster\b(?!.*\bstrateg)/i, 'multicluster.architecture'],
  [/\b(roadmap|long[- ]term plan)\b/i, 'roadmap.strategic'],
  [
    /\b(vendors?|platform change|switch(ing)? (away )?(from|to)|replace talos|migrate (off|away from))\b/i,
    'vendor.change',
  ],
  [/\btopolog\w*|\bsplit\w* (the |a )?cluster|\bmerg\w* clusters\b/i, 'topology.major'],
  [
    /\b(kubernetes|cluster) architecture\b|\bcni\b.*\b(replace|chang|switch)\w*|\b(replace|chang|switch)\w*.*\bcni\b/i,
    'kubernetes.architecture',
  ],
  [/\b(new|create|build|bootstrap)\w*( \w+){0,2} clusters?\b/i, 'cluster.create'],
  [/\bmigrat\w*( \w+){0,3} (workloads?|division)\b|\bworkloads?\b.*\bmigrat\w*/i, 'workload.migrate'],
  [
    /\b(budget|tokens?)\b.*\b(overrun|over|beyond|exceed\w*|more|additional)\b|\b(overrun|additional|more)\b.*\b(budget|tokens?)\b/i,
    'budget.overrun',
  ],
  [
    /\bkubernetes\b.*\b(upgrade|update|version)\w*|\b(upgrade|update)\w*\b.*\b(kubernetes|k8s)\b|\bk8s\b.*\bversion\b/i,
    'kubernetes.upgrade',
  ],
  [/\b(upgrade|update)\w*( \w+){0,3} (nodes?|talos)\b|\btalos\b.*\b(upgrade|update)\w*/i, 'node.upgrade'],
  [/\b(add|join|provision)\w*( \w+){0,4} nodes?\b|\bneed\w*( \w+){0,4} nodes\b/i, 'node.add'],
  [/\b(remove|decommission|delete|retire)\w*( \w+){0,3} nodes?\b/i, 'node.remove'],
  [/\bcordon\w*\b/i, 'node.cordon'],
  [/\bdrain\w*\b/i, 'node.drain'],
  [/\bnamespaces?\b/i, 'namespace.manage'],
  [/\bconfig ?maps?\b/i, 'config.update'],
  [/\bsecrets?\b/i, 'secret.update'],
  [/\b(service )?mesh\b|\bistio\b|\blinkerd\b/i, 'mesh.configure'],
  [/\bingress\b/i, 'ingress.update'],
  [/\bdeploy\w*\b|\broll out\b/i, 'workload.deploy'],
  [/\b(schedul\w+|reschedul\w+)\b.*\bpods?\b|\bpods?\b.*\bschedul\w+/i, 'pod.schedule'],
];

/**
 * Who decides about what a text asks for: an action id, or words. What fits several actions takes the highest level (ledger C-13),
 * what fits none is Cortex Prime's. A text states no authority: words like "approved" change nothing.
 */
export function classifyText(text: string, scope: Scope): Classified {
  const given = text.trim();
  if (authorityMatrix.some(candidate => candidate.action === given)) return classifyAction(given, scope);
  const found = [...new Set(wordings.flatMap(([words, action]) => (words.test(given) ? [action] : [])))];
  const [first, ...others] = found.map(action => classifyAction(action, scope));
  if (!first) return { outcome: 'decided', decided: unknownAction(given.slice(0, 80)), actions: [] };
  const each = [first, ...others];
  const decided = each.flatMap(one => (one.outcome === 'decided' ? [one.decided] : []));
  const [some, ...rest] = decided;
  const top = some && highest([some, ...rest]);
  const missing = [...new Set(each.flatMap(one => (one.outcome === 'question' ? one.missing : [])))];
  if (top && (missing.length === 0 || top.level === 'cortex-prime')) {
    return { outcome: 'decided', decided: top, actions: found };
  }
  return { outcome: 'question', missing, actions: found };
}
