import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { defineTool } from '../../mcp/define-tool.ts';
import { talosTools } from '../../model/talos.ts';
import { classify } from '../../talosctl/classify.ts';
import { presentableTail } from '../../talosctl/errors.ts';
import { receiptFiles } from '../../talosctl/receipt-files.ts';
import type { Receipt } from '../../talosctl/receipts.ts';
import { receiptsOf, type TalosContext } from '../context.ts';

const TAIL_BYTES = 8192;

/** The end of what talosctl said; empty when it has not said anything, or never ran. */
async function tailOf(path: string): Promise<string> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}

/** A receipt as it is told. For a never-run or superseded attempt nothing was sent: it is absent. */
async function told(attemptId: string, receipt: Receipt) {
  const nothing = { started_at: null, exited_at: null, exit_code: null, stderr_tail: '' };
  if (receipt.state === 'absent' || receipt.state === 'never-run' || receipt.state === 'superseded')
    return { attempt_id: attemptId, state: 'absent' as const, ...nothing };
  const stderr = await tailOf(join(receipt.folder, receiptFiles.stderr));
  const progress = receipt.starting.kind === 'upgrade_kubernetes' && {
    stdout_tail: presentableTail(await tailOf(join(receipt.folder, receiptFiles.stdout))),
  };
  const started = {
    ...nothing,
    started_at: receipt.starting.started_at,
    stderr_tail: presentableTail(stderr),
    ...progress,
  };
  if (receipt.state !== 'exited') return { attempt_id: attemptId, state: receipt.state, ...started };
  const end = { exited_at: receipt.exitedAt, exit_code: receipt.exitCode };
  const error_class = receipt.exitCode === 0 ? null : classify(stderr);
  return { attempt_id: attemptId, state: 'exited' as const, ...started, ...end, error_class };
}

export const talosAttempt = defineTool<TalosContext, typeof talosTools.talos_attempt.input>({
  name: 'talos_attempt',
  title: 'What became of an attempt',
  description:
    'The receipt of what was dispatched once (an install, a reboot, a reset, …): absent (never sent), running, exited with its code, or lost (it may have been sent and nobody saw its end). Exit 0 says dispatched, not done.',
  impact: 'observe',
  ...talosTools.talos_attempt,
  async run(context, input) {
    const structured = await told(input.attempt_id, await receiptsOf(context).read(input.attempt_id));
    const code = structured.exit_code === null ? '' : ` ${structured.exit_code}`;
    return { structured, text: `attempt ${input.attempt_id}: ${structured.state}${code}` };
  },
});
