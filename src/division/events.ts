import type { Effect } from '../model/effect.ts';
import type { JournalEntry, OperationEvent } from '../model/journal.ts';

/** Longest message of an event, in characters. */
export const MESSAGE_LIMIT = 120;

const OPEN = '<untrusted>';
const CLOSE = '</untrusted>';

const isInsideFence = (text: string): boolean => text.lastIndexOf(OPEN) > text.lastIndexOf(CLOSE);

/** The first `length` characters at most: no half of a character, no half of a fence's mark. */
function cut(line: string, length: number): string {
  const kept = line.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  return kept.replace(/<\/?[a-z]{0,9}$/, '').trimEnd();
}

/** One line within the limit. Foreign text that is cut stays fenced to its end: what follows is ours. */
function clipped(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  if (line.length <= MESSAGE_LIMIT && !isInsideFence(line)) return line;
  const plain = cut(line, MESSAGE_LIMIT - 1);
  if (!isInsideFence(plain)) return `${plain}…`;
  const inside = cut(line, MESSAGE_LIMIT - 1 - CLOSE.length);
  return isInsideFence(inside) ? `${inside}…${CLOSE}` : `${inside}…`;
}

function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** An effect in a few words, naming its node or cluster. */
function effectWords(effect: Effect): string {
  switch (effect.kind) {
    case 'hold_lease':
      return `hold the lease of ${effect.cluster}`;
    case 'release_lease':
      return `release the lease of ${effect.cluster}`;
    case 'snapshot':
      return `etcd snapshot on ${effect.node}`;
    case 'forfeit':
      return `forfeit etcd leadership of ${effect.node}`;
    case 'cordon':
      return `cordon ${effect.node}`;
    case 'evict':
      return `evict ${count(effect.pods.length, 'pod')} from ${effect.node}`;
    case 'install':
      return effect.reboots ? `install and reboot ${effect.node}` : `install on ${effect.node}`;
    case 'reboot':
      return `reboot ${effect.node}`;
    case 'uncordon':
      return `uncordon ${effect.node}`;
    case 'upgrade_kubernetes':
      return `upgrade Kubernetes to ${effect.to} through ${effect.node}`;
    case 'rotate_certificates':
      return `rotate the ${effect.authority} authority through ${effect.node}`;
    case 'reset':
      return `reset ${effect.node} (${effect.labels.join(', ')})`;
    case 'remove_etcd_member':
      return `remove etcd member ${effect.member_id} of ${effect.node}`;
    case 'create_namespace':
      return `create namespace ${effect.namespace}`;
    case 'apply_objects':
      return `apply ${count(effect.objects.length, 'object')} in ${effect.namespace}`;
    case 'restore_objects':
      return `take back what was applied in ${effect.namespace}`;
    case 'delete_objects':
      return `delete ${count(effect.objects.length, 'object')} of ${effect.cluster}`;
    case 'scale_workload':
      return `scale ${effect.workload.kind} ${effect.workload.name} to ${effect.replicas}`;
    case 'restart_workload':
      return `restart ${effect.workload.kind} ${effect.workload.name}`;
    case 'rollback_workload':
      return `roll ${effect.workload.kind} ${effect.workload.name} back to ${effect.revision}`;
    default:
      return `${effect.kind.replaceAll('_', ' ')} ${effect.node}`;
  }
}

function outcomeWords(entry: JournalEntry & { kind: 'outcome' }): string {
  const words = effectWords(entry.effect);
  if (entry.effect.kind === 'evict') {
    const evicted = entry.evicted?.length ?? 0;
    const refused = entry.evictions_refused ?? 0;
    return `${words}: ${evicted} evicted, ${refused} refused${entry.detail === '' ? '' : ` (${entry.detail})`}`;
  }
  return `${words}: ${entry.result}${entry.detail === '' ? '' : `, ${entry.detail}`}`;
}

function controlWords(entry: JournalEntry & { kind: 'control' }): string {
  const resolved = entry.as === undefined ? '' : ` ${entry.node ?? ''} as ${entry.as.replace('_', ' ')}`;
  return `${entry.by} asked to ${entry.action}${resolved}${because(entry.reason)}`;
}

function messageOf(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'queued':
      return `queued plan ${entry.plan_hash.slice(0, 16)} for ${entry.requested_by}`;
    case 'authorized':
      return `authorized: ${entry.level}, ${entry.approved_by} (${entry.rule})`;
    case 'started':
      return 'started';
    case 'phase':
      return `phase ${entry.name}`;
    case 'intent':
      return `${effectWords(entry.effect)}${because(entry.reason)}`;
    case 'outcome':
      return outcomeWords(entry);
    case 'observed':
      return `${entry.node} is ${entry.state.replace('_', ' ')}${because(entry.reason)}`;
    case 'step': {
      const ends = entry.what_ends_it === undefined ? '' : `; ends when ${entry.what_ends_it}`;
      return `${entry.step} ${entry.state}${because(entry.reason)}${ends}`;
    }
    case 'waiting':
      return `waiting, ${entry.reason}; ends when ${entry.what_ends_it}`;
    case 'control':
      return controlWords(entry);
    case 'stopped':
      return `${entry.status}, ${entry.code}${because(entry.reason)}`;
    case 'finished':
      return `${entry.status}${because(entry.summary)}`;
  }
}

function nodeOf(entry: JournalEntry): string | undefined {
  if (entry.kind === 'intent' || entry.kind === 'outcome') {
    return 'node' in entry.effect ? entry.effect.node : undefined;
  }
  return 'node' in entry ? entry.node : undefined;
}

/** One line of at most 120 characters a person or a model can read; the node stands in it and beside it. */
export function eventOf(entry: JournalEntry): OperationEvent {
  const node = nodeOf(entry);
  return {
    cursor: entry.sequence,
    at: entry.at,
    ...(node === undefined ? {} : { node }),
    kind: entry.kind,
    message: clipped(messageOf(entry)),
  };
}
