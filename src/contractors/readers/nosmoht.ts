import * as z from 'zod';
import type { DispatchReading, VersionReading } from '../capability-map.ts';
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

function parsed<Shape extends z.ZodType>(shape: Shape, answer: ToolAnswer, expected: string): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(answer.text));
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
