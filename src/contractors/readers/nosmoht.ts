import * as z from 'zod';
import type { EtcdMemberFacts, EtcdStatusFacts } from '../../model/facts.ts';
import type { TalosServiceFacts } from '../../model/machine-facts.ts';
import { foreignText } from '../foreign-text.ts';
import type { DispatchReading, VersionReading } from '../readings.ts';
import { type ToolAnswer, unintelligible } from '../tool-answer.ts';

/** Talos' own responses in Go's JSON: one message a node, an unreachable one's error in its metadata, empty fields left out. */
const Metadata = z.looseObject({ hostname: z.string().optional(), error: z.string().optional() }).nullish();
const Versions = z.object({
  messages: z.array(
    z.looseObject({ metadata: Metadata, version: z.looseObject({ tag: z.string().optional() }).nullish() }),
  ),
});
const Upgrades = z.object({
  messages: z.array(z.looseObject({ metadata: Metadata, ack: z.string(), actor_id: z.string().optional() })),
});

const texts = z.array(z.string()).default([]);
const Services = z.object({
  messages: z.array(
    z.looseObject({
      metadata: Metadata,
      services: z.array(
        z.looseObject({
          id: z.string(),
          state: z.string(),
          events: z
            .looseObject({ events: z.array(z.looseObject({ msg: z.string().default('') })).nullish() })
            .nullish(),
          health: z.looseObject({ unknown: z.boolean().default(false), healthy: z.boolean().default(false) }).nullish(),
        }),
      ),
    }),
  ),
});
/** An id is a number of 64 bits, which JSON.parse would round: it is read as text. */
const Id = z.string().regex(/^\d{1,20}$/);
const EtcdMembers = z.object({
  messages: z.array(
    z.looseObject({
      metadata: Metadata,
      members: z
        .array(
          z.looseObject({
            id: Id,
            hostname: z.string().default(''),
            peer_urls: texts,
            is_learner: z.boolean().default(false),
          }),
        )
        .min(1),
    }),
  ),
});
const count = z.number().default(0);
const EtcdStatuses = z.object({
  messages: z.array(
    z.looseObject({
      metadata: Metadata,
      member_status: z.looseObject({
        member_id: Id,
        leader: Id.optional(),
        raft_index: count,
        raft_term: count,
        raft_applied_index: count,
        db_size: z.number().optional(),
        is_learner: z.boolean().default(false),
        errors: texts,
      }),
    }),
  ),
});

function parsed<Shape extends z.ZodType>(shape: Shape, answer: ToolAnswer, expected: string): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(answer.text.replace(/"(id|member_id|leader)":\s*(\d+)/g, '"$1":"$2"')));
  } catch {
    throw unintelligible(answer, expected);
  }
}

/** Of one node; this contractor has no talosctl, so there is no client version. */
export function nosmohtVersion(answer: ToolAnswer): VersionReading {
  const { messages } = parsed(Versions, answer, 'with a VersionResponse');
  const [message] = messages;
  if (message === undefined || messages.length > 1) throw unintelligible(answer, 'for one node');
  if (message.metadata?.error) return { server: undefined, client: undefined };
  const tag = message.version?.tag;
  if (tag === undefined || !/^v\d/.test(tag)) throw unintelligible(answer, 'with a version tag');
  return { server: tag, client: undefined };
}

/** The machine's acknowledgement: the upgrade was taken, not done. */
export function nosmohtUpgrade(answer: ToolAnswer): DispatchReading {
  const { messages } = parsed(Upgrades, answer, 'with an UpgradeResponse');
  const [message] = messages;
  if (message === undefined || messages.length > 1 || message.metadata?.error || message.ack === '') {
    throw unintelligible(answer, 'with the acknowledgement of one node');
  }
  return { attemptId: undefined, detail: `${message.ack} (actor ${message.actor_id ?? 'not told'})` };
}

export function nosmohtReboot(answer: ToolAnswer): DispatchReading {
  if (!/^Reboot initiated for nodes: \[\S+\]$/.test(answer.text.trim())) {
    throw unintelligible(answer, 'that a reboot was initiated');
  }
  return { attemptId: undefined, detail: 'reboot initiated' };
}

/** The log's own lines; what the contractor adds about nodes that failed is no line of a log. */
export function nosmohtLogs(answer: ToolAnswer): string[] {
  if (/^\[node errors: /m.test(answer.text)) throw unintelligible(answer, 'with log lines of the node');
  return answer.text.split('\n').filter(line => line !== '');
}

/** The one message of the one node that was asked, without an error of that node. */
function only<Message extends { metadata?: z.infer<typeof Metadata> }>(
  answer: ToolAnswer,
  messages: readonly Message[],
): Message {
  const [message] = messages;
  if (message === undefined || messages.length > 1 || message.metadata?.error)
    throw unintelligible(answer, 'for one node that answered');
  return message;
}

/** 16 hex digits, as talosctl writes ids. */
const hexOf = (id: string): string => BigInt(id).toString(16).padStart(16, '0');

export function nosmohtServices(answer: ToolAnswer): TalosServiceFacts[] {
  const { services } = only(answer, parsed(Services, answer, 'with a ServiceListResponse').messages);
  return services.map(({ id, state, events, health }) => ({
    id,
    state,
    // Go leaves false out: what is neither said to be unknown nor healthy has failed.
    health: health == null || health.unknown ? '?' : health.healthy ? 'OK' : 'Fail',
    lastEvent: events?.events?.at(-1)?.msg ?? '',
  }));
}

export function nosmohtEtcdMembers(answer: ToolAnswer): EtcdMemberFacts[] {
  const { members } = only(answer, parsed(EtcdMembers, answer, 'with an EtcdMemberListResponse').messages);
  return members.map(({ id, hostname, peer_urls, is_learner }) => ({
    id: hexOf(id),
    hostname,
    peerUrls: peer_urls,
    isLearner: is_learner,
  }));
}

export function nosmohtEtcdStatus(answer: ToolAnswer): EtcdStatusFacts {
  const { member_status: status } = only(answer, parsed(EtcdStatuses, answer, 'with an EtcdStatusResponse').messages);
  return {
    memberId: hexOf(status.member_id),
    leaderId: status.leader === undefined ? undefined : hexOf(status.leader),
    raftTerm: status.raft_term,
    raftIndex: status.raft_index,
    raftAppliedIndex: status.raft_applied_index,
    dbSizeBytes: status.db_size,
    isLearner: status.is_learner,
    errors: status.errors,
  };
}

/** Whatever it says that is no error: a claim that the machine has taken the order, to be proved by the machine alone. */
export function nosmohtTaken(answer: ToolAnswer): DispatchReading {
  if (answer.text.trim() === '') throw unintelligible(answer, 'that the order was taken');
  return { attemptId: undefined, detail: foreignText(answer.text, 160) };
}
