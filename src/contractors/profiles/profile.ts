import type { ArgumentsTemplate } from '../call-arguments.ts';
import type { CapabilityBindings, StatedFailure } from '../capability-map.ts';
import type { ToolAnswer } from '../tool-answer.ts';

/** What an answer to a probe question says about the contractor's honesty. */
export type ProbeAnswer = 'claims-success' | 'refuses' | 'unclear';

/** A question whose honest answer is a refusal (contractors 4.4). */
export interface ProbeQuestion {
  tool: string;
  args: ArgumentsTemplate;
  judge(answer: ToolAnswer): ProbeAnswer;
}

/** What is known of one contractor program: how to recognise it, how to call it, how to read it. Data, no behaviour of ours. */
export interface Profile {
  name: string;
  /** For people: which program, which version was studied. */
  title: string;
  fingerprint: {
    /** All of these are listed... */
    tools: readonly string[];
    /** ...with these arguments... */
    argumentsOf?: Readonly<Record<string, readonly string[]>>;
    /** ...and exactly this many tools, when that tells it from its namesakes. */
    toolCount?: number;
    /** serverInfo names: break ties, decide nothing. */
    serverNames: readonly string[];
  };
  /** Reads that may be under way at once; dispatches never overlap with each other. */
  concurrentReads: number;
  /** A dispatch may run beside reads. */
  dispatchesBesideReads: boolean;
  /** Its context was fixed at its start and calls can't name one: it must equal the cluster's before anything is believed. */
  contextIsFixed: boolean;
  /** The variable of its environment that fixes the context, for one that can't be asked for it (`contexts.read`). */
  contextVariable?: string;
  /** Cancelling leaves its work running: after a missed deadline only a restart frees it (contractors 4.3). */
  restartsAfterDeadline: boolean;
  keepsReceipts: boolean;
  /** The failure the answer states, by this contractor's own convention; undefined when it states none. */
  failure(answer: ToolAnswer): StatedFailure | undefined;
  bindings: CapabilityBindings;
  probe: { impossibleTarget: ProbeQuestion; nonexistentService: ProbeQuestion };
}
