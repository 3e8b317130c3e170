/** Adding, removing and maintaining nodes. */
import { Draft } from './draft.ts';
import type { Item } from './items.ts';
import { type Request, reasonFrom, reasonUntil } from './request.ts';
import { clusterNamed, takeCluster, takeNode } from './subjects.ts';

const REASON_CHARACTERS = 400;

interface Quantity {
  item: Item;
  /** What stands after it: `disk`, `resources`, `hour`, … */
  of: string;
  text: string;
  /** Whether "to" stands before it. */
  isTotal: boolean;
  isNegative: boolean;
}

/** Each number with what it counts: the next item that isn't a filler, past a unit. */
export function quantities({ items }: Request): Quantity[] {
  return items.flatMap((item, at) => {
    if (item.kind !== 'number') return [];
    const counted = items
      .slice(at + 1)
      .find(({ concept = '' }) => !['filler', 'unit', 'of', 'kubernetes', 'talos', 'one'].includes(concept));
    const before = items[at - 1];
    return [
      {
        item,
        of: counted?.concept ?? '',
        text: counted?.text ?? '',
        isTotal: before?.concept === 'to',
        isNegative: before?.kind === 'mark' && before.text === '-',
      },
    ];
  });
}

const RESOURCE_WORDS: readonly [RegExp, 'cpu' | 'memory'][] = [
  [/^v?cpus?$|^cores?$/, 'cpu'],
  [/^memory$|^ram$|^speicher$|^memoria$|^memoire$/, 'memory'],
];
const fieldOf = ({ of, text }: Quantity): 'cpu' | 'memory' | 'disk' | undefined =>
  of === 'disk' ? 'disk' : of === 'resources' ? RESOURCE_WORDS.find(([pattern]) => pattern.test(text))?.[1] : undefined;

function takeSpecification(draft: Draft, request: Request): void {
  const specification: Record<string, number | undefined> = {};
  for (const quantity of quantities(request)) {
    const field = fieldOf(quantity);
    if (field === undefined) continue;
    if (specification[field] !== undefined) draft.lacks('specification', `${field} is said twice`);
    specification[field] = quantity.item.value;
  }
  const named = request.items.filter(({ concept }) => concept === 'resources' || concept === 'disk').length;
  if (named !== Object.keys(specification).length) draft.lacks('specification', 'how much of what?');
  if (named > 0) draft.set('specification', specification, JSON.stringify(specification));
}

/** "a worker", "another control plane node": one of it. */
function isOneNode({ items }: Request): boolean {
  return items.some((item, at) => {
    if (item.concept !== 'one') return false;
    const next = items
      .slice(at + 1)
      .find(({ concept }) => concept !== 'filler' && concept !== 'kubernetes' && concept !== 'talos');
    return ['node', 'worker', 'control_plane'].includes(next?.concept ?? '') && !(next?.text ?? 's').endsWith('s');
  });
}

function takeCount(
  draft: Draft,
  request: Request,
  role: 'worker' | 'control-plane',
  cluster: string | undefined,
): void {
  const counts = quantities(request).filter(quantity => fieldOf(quantity) === undefined);
  const [count] = counts;
  const isSaidOfNodes = ['node', 'worker', 'control_plane'].some(concept => request.concepts.has(concept));
  if (count === undefined && isOneNode(request)) draft.set('count', 1, 'one');
  else if (count === undefined) draft.lacks('count', 'how many nodes?');
  else if (counts.length > 1)
    draft.lacks(
      'count',
      'which of the numbers?',
      counts.map(({ item }) => String(item.value)),
    );
  else if (count.isTotal) {
    const there =
      cluster === undefined
        ? 0
        : (clusterNamed(request, cluster)?.nodes.filter(node => node.role === role).length ?? 0);
    const more = (count.item.value ?? 0) - there;
    draft.lacks(
      'count',
      `${count.text === '' ? 'nodes' : count.text} in all, or added? There are ${there}`,
      cluster !== undefined && more > 0 ? [String(more)] : [],
    );
  } else if (count.isNegative || !(count.item.value !== undefined && count.item.value > 0))
    draft.lacks('count', 'a number above 0');
  else if (!isSaidOfNodes && !request.items.some(({ text }) => text === 'by' || text === 'um'))
    draft.lacks('count', `${count.item.text} of what?`);
  else draft.set('count', count.item.value, count.item.text);
}

export function draftScale(request: Request): Draft {
  const draft = new Draft('scale_cluster');
  const cluster = takeCluster(draft, request);
  const [isControlPlane, isWorker] = [request.concepts.has('control_plane'), request.concepts.has('worker')];
  if (isControlPlane && isWorker) draft.lacks('role', 'workers or control plane nodes?', ['worker', 'control-plane']);
  const role = isControlPlane ? 'control-plane' : 'worker';
  draft.set('role', role, isControlPlane || isWorker ? role : 'worker, as nothing else is said');
  takeCount(draft, request, role, cluster);
  takeSpecification(draft, request);
  const addresses = request.items.filter(({ kind }) => kind === 'address').map(({ text }) => text);
  if (addresses.length > 0) {
    if (new Set(addresses).size !== draft.fields.count) draft.lacks('addresses', 'one address a node', addresses);
    else draft.set('addresses', addresses, addresses.join(', '));
  }
  return draft;
}

/** Free words after a "because". */
function freeReason(request: Request): string | undefined {
  const at = reasonFrom(request);
  const words = request.items.slice(at + 1, reasonUntil(request, at)).map(({ text }) => text);
  const text = words
    .filter(word => word !== '\n')
    .join(' ')
    .replaceAll(/\s+([,.;:!])/g, '$1')
    .replace(/[\s.!]+$/, '');
  return text === '' ? undefined : text.slice(0, REASON_CHARACTERS);
}

export function draftRemove(request: Request): Draft {
  const draft = new Draft('remove_node');
  takeNode(draft, request);
  if (!request.concepts.has('remove')) draft.lacks('request', 'shall a node be removed from its cluster?');
  const reason = freeReason(request) ?? request.items.find(({ concept }) => concept === 'hardware')?.text;
  if (reason !== undefined) draft.set('reason', reason, reason);
  return draft;
}

const MINUTES: Readonly<Record<string, number>> = { hour: 60, minute: 1 };

function takeMinutes(draft: Draft, request: Request): void {
  const [time, ...others] = quantities(request);
  if (time === undefined && !['hour', 'minute'].some(unit => request.concepts.has(unit))) return;
  const factor = MINUTES[time?.of ?? ''];
  if (time?.item.value === undefined || factor === undefined || others.length > 0 || time.isNegative)
    draft.lacks('minutes', 'for how long?');
  else draft.set('minutes', time.item.value * factor, `${time.item.text} ${time.text}`);
}

export function draftMaintain(request: Request): Draft {
  const draft = new Draft('maintain_node');
  takeNode(draft, request);
  const { concepts } = request;
  if (concepts.has('cordon') && !concepts.has('drain') && !concepts.has('maintain')) {
    draft.lacks('request', 'maintenance drains the node as well; a cordon alone is not offered');
  }
  if (!['cordon', 'drain', 'maintain', 'offline'].some(concept => concepts.has(concept))) {
    draft.lacks('request', 'shall the node be drained and held for maintenance? A reboot alone is not offered');
  }
  const hardware = request.items.find(({ concept }) => concept === 'hardware')?.text;
  const reason = freeReason(request) ?? hardware ?? (concepts.has('maintain') ? 'maintenance' : undefined);
  if (reason === undefined) draft.lacks('reason', 'why is it taken out of service?');
  else draft.set('reason', reason, reason);
  takeMinutes(draft, request);
  return draft;
}
