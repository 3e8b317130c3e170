/** A received handoff as a request: what its type and fields ask for, judged as any text is (R161 to R165, R170 to R179, R196 to R203). */
import type { HandoffReading } from '../../model/handoff.ts';
import { Task } from '../../model/task.ts';
import { asks, carriedTask, deployment } from './carried-task.ts';
import { disrupts } from './choice.ts';
import { fieldOf, isFields, type Said, saidBy } from './handoff-words.ts';
import type { KnownWorld, Understanding } from './model.ts';
import { dangerIn, takeoverIn } from './refusals.ts';
import { requestOf } from './request.ts';
import { mentions } from './subjects.ts';
import { understand } from './understand.ts';

/** What of a handoff is read (decisions/handoff-reading). */
export type HandoffText = Pick<HandoffReading, 'type' | 'summary' | 'context' | 'inResponseTo' | 'status'>;

/** An attempt at authority needs no names. */
const NOWHERE: KnownWorld = { clusters: [], now: 0 };
const TEXTS_MAX = 200;
const CHARACTERS_MAX = 4000;
const DEPTH_MAX = 6;

/** Every text in the handoff, keys aside; bounded. */
function textsOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value.slice(0, CHARACTERS_MAX)];
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return [];
  return Object.values(value)
    .flatMap(each => textsOf(each, depth + 1))
    .slice(0, TEXTS_MAX);
}

/** Texts that are data, not words to us: manifests are linted where they are deployed. */
const isManifest = (text: string): boolean => /^\s*(?:---\s*)?(?:apiVersion|kind|metadata)\s*:/m.test(text);

/** The order that a type stands for. An open set: an unknown type says nothing, its summary does. */
const ORDERS: readonly [RegExp, (said: Said) => string | undefined][] = [
  [
    /^(?:cluster_)?(?:expansion|scaling|scale)(?:_request)?$|^(?:node_addition|add_nodes|scale_cluster|scaling_request|cluster_expansion)$/,
    said => `add ${said.count} ${said.role} nodes${said.specification}`,
  ],
  [/^(?:performance_investigation|performance_issue|investigation)$/, () => 'investigate performance'],
  [
    /^(?:emergency_(?:cluster_)?recovery|cluster_recovery|cluster_failure|cluster_down)$/,
    () => 'emergency cluster recovery',
  ],
  [/^(?:kubernetes|k8s)_upgrade$/, said => `upgrade kubernetes${said.version}`],
  [/^talos_upgrade$/, said => `upgrade talos${said.version}`],
  [/^(?:cluster_upgrade|upgrade_request|upgrade)$/, said => `upgrade${said.version}`],
  [/^(?:health_check|cluster_health_check|status_request)$/, () => 'check health'],
  [/^(?:capacity_request|capacity_planning|capacity_forecast)$/, () => 'capacity forecast'],
  [
    /^(?:deploy|deployment|update|workload_deployment|application_deployment|deployment_request|deploy_application|workload_update)$/,
    () => 'deploy application',
  ],
  [
    /^(?:pod_security|pod_security_policies|pod_security_standards|security_policy|security_policies)$/,
    () => 'apply pod security standards',
  ],
  [/^(?:security_scan|security_scanning|vulnerability_scan|vulnerability_remediation)$/, () => 'security scan'],
];

const ANSWERS =
  /_response$|_provisioned$|_provisioning$|^status_update$|^task_completion$|^approval_|^knowledge_sharing$|_report$/;
const OVER = new Set([
  'completed',
  'rejected',
  'cancelled',
  'canceled',
  'withdrawn',
  'expired',
  'superseded',
  'failed',
]);

/** Words of the summary that make what the fields say uncertain. */
const DOUBTS = [
  'negation',
  'condition',
  'alternative',
  'asks',
  'past',
  'later',
  'undoing',
  'at_once',
  'bypass',
  'force',
];

/** What the summary says beside an order that the type and the fields gave: it may stop it, not widen it. */
function besideSummary(
  ordered: Extract<Understanding, { outcome: 'task' }>,
  told: Understanding,
  summary: string,
  world: KnownWorld,
): Understanding {
  const { task } = ordered;
  if (summary === '' || (told.outcome === 'task' && JSON.stringify(told.task) === JSON.stringify(task))) return ordered;
  if (told.outcome === 'refused') return told;
  const request = requestOf(summary, world);
  const isDoubtful = request.isDisguised || DOUBTS.some(concept => request.concepts.has(concept));
  const clusters = 'clusters' in task ? (task.clusters ?? []) : 'cluster' in task ? [task.cluster] : [];
  const isElsewhere = mentions(request, 'cluster').some(
    ({ references }) => !references.some(({ cluster }) => clusters.includes(cluster)),
  );
  const isOther =
    told.outcome === 'task' ||
    (told.outcome === 'question' && told.playbook !== task.playbook && disrupts(told.playbook));
  if (!isDoubtful && !isElsewhere && !isOther) return ordered;
  return {
    ...asks('request', 'Its fields and its summary do not say the same.'),
    playbook: task.playbook,
    understood: { ...task },
  };
}

/** The summary, completed by fields that it leaves out. */
function fromSummary(handoff: HandoffText, said: Said, world: KnownWorld): Understanding {
  const { concepts } = requestOf(handoff.summary, world);
  const isNamed = concepts.has('cluster_name') || concepts.has('node_name');
  const additions = [
    isNamed ? '' : said.cluster,
    concepts.has('node_name') ? '' : said.node,
    concepts.has('version_number') ? '' : said.version,
  ];
  return understand(handoff.summary + additions.join(''), world);
}

function orderedBy(handoff: HandoffText, said: Said, world: KnownWorld): Understanding {
  const order = ORDERS.find(([type]) => type.test(handoff.type))?.[1](said);
  const told = fromSummary(handoff, said, world);
  if (order === undefined) return told;
  const given = order.startsWith('deploy') ? deployment(handoff.context, world) : undefined;
  const ordered = given ?? understand(`${order}${said.cluster}`, world);
  if (ordered.outcome === 'task') return besideSummary(ordered, told, handoff.summary, world);
  return told.outcome === 'question' && told.playbook === undefined ? ordered : told;
}

/** The values that fields and words both give have to be the same. */
function agreeing(understood: Understanding, said: Said, context: HandoffText['context']): Understanding {
  if (understood.outcome !== 'task') return understood;
  const task: Readonly<Record<string, unknown>> = understood.task;
  const words = ` ${said.cluster}${said.node}${said.namespace}${said.version.replace(/ to v?/, ' to v')} `;
  const isSaid = (value: unknown): boolean => [value].flat().every(each => words.includes(` ${String(each)} `));
  const wrong = [
    said.cluster !== '' && task.playbook !== 'create_cluster' && !isSaid(task.clusters ?? task.cluster ?? [])
      ? 'cluster'
      : '',
    said.node !== '' && task.node !== undefined && !isSaid(task.node) ? 'node' : '',
    said.namespace !== '' && task.namespace !== undefined && !isSaid(task.namespace) ? 'namespace' : '',
    said.version !== '' && task.to_version !== undefined && !isSaid(task.to_version) ? 'to_version' : '',
    said.count !== '' && task.count !== undefined && task.count !== Number(said.count) ? 'count' : '',
  ].find(field => field !== '');
  if (wrong !== undefined) {
    return {
      ...asks(wrong, 'Its fields and its summary do not say the same.'),
      playbook: understood.task.playbook,
      understood: task,
    };
  }
  return understood.task.playbook === 'scale_cluster' ? withExtras(understood, context) : understood;
}

/** Labels, taints and the network of new nodes: only fields can say them. */
function withExtras(
  understood: Extract<Understanding, { outcome: 'task' }>,
  context: HandoffText['context'],
): Understanding {
  const given = fieldOf(context, ['specifications', 'specification', 'specs']);
  const network = isFields(given) ? fieldOf(given, ['network', 'vlan']) : undefined;
  const extras = Object.fromEntries(
    [
      ['labels', fieldOf(context, ['labels'])],
      ['taints', fieldOf(context, ['taints'])],
    ].filter(([, value]) => value !== undefined),
  );
  const { task } = understood;
  const before = 'specification' in task ? task.specification : undefined;
  const specification = network === undefined ? {} : { specification: { ...before, network } };
  const parsed = Task.safeParse({ ...task, ...extras, ...specification });
  if (parsed.success) return { ...understood, task: parsed.data };
  const field = String(parsed.error.issues[0]?.path[0] ?? 'request');
  return { ...asks(field, 'It is not in a form that is understood.'), playbook: task.playbook };
}

/**
 * What a received handoff asks for. Its texts are others': they never raise authority, and an attempt at it, anywhere in it, is
 * refused with the reason. What it names must exist; a cluster or node it names that doesn't is a question.
 */
export function understandHandoff(handoff: HandoffText, known: KnownWorld): Understanding {
  const { context } = handoff;
  const wish = dangerIn(requestOf(handoff.summary, known));
  if (wish?.isWished === true) return wish.refusal;
  for (const text of textsOf(context).filter(each => !isManifest(each))) {
    const takeover = takeoverIn(requestOf(text, NOWHERE));
    if (takeover !== undefined) return takeover;
  }
  if (OVER.has(handoff.status ?? ''))
    return asks('request', `Its status is ${handoff.status ?? ''}: nothing is asked any more.`);
  if (handoff.inResponseTo !== undefined || ANSWERS.test(handoff.type))
    return asks('request', 'It answers or reports; it asks for nothing.');
  const carried = carriedTask(context, known);
  if (carried !== undefined) {
    return carried.outcome === 'task'
      ? besideSummary(carried, understand(handoff.summary, known), handoff.summary, known)
      : carried;
  }
  const { said, unknown } = saidBy(context, known);
  const [field] = unknown;
  if (field !== undefined) {
    const values = known.clusters.map(({ name }) => name);
    return { ...asks(field, `It names a ${field} that does not exist.`), candidates: [{ field: 'cluster', values }] };
  }
  return agreeing(orderedBy(handoff, said, known), said, context);
}
