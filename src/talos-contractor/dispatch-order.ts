import type { ToolCall, ToolResult } from '../mcp/define-tool.ts';
import type { Connection } from '../talosctl/argv.ts';
import type { Attempt } from '../talosctl/attempt.ts';
import type { Order } from '../talosctl/dispatch.ts';
import { dispatchTracked, type TalosContext } from './context.ts';

interface AttemptInput extends Connection {
  attempt_id: string;
  system_uuid: string;
  boot_id: string;
  supersedes?: string[] | undefined;
}

/** Dispatches what is neither an install nor a reboot once, ever, and answers how it stands with the attempt (SAFETY 3). */
export async function dispatchOrder(
  context: TalosContext,
  kind: Attempt['kind'],
  input: AttemptInput,
  order: Order,
  call: ToolCall,
): Promise<ToolResult> {
  const { attempt_id, system_uuid, boot_id, node, supersedes } = input;
  const attempt = { attempt_id, kind, node, system_uuid, boot_id, image: null, reboots: false, supersedes };
  const dispatched = await dispatchTracked(context, attempt, input, call.signal, order);
  return { structured: { attempt_id, ...dispatched }, text: `${attempt_id} ${dispatched.state}: ${dispatched.detail}` };
}
