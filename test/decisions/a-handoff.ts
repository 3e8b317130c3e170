/** Handoffs as decisions see them, made by reading the bytes that others or we would have written. */
import { composeHandoff, draftOf } from '../../src/decisions/handoff-draft.ts';
import { readHandoff } from '../../src/decisions/handoff-reading.ts';
import { handoffsFrom } from '../../src/decisions/handoff-state.ts';
import type { HandoffFile } from '../../src/decisions/handoff-versions.ts';
import type { Handoff, HandoffReading, HandoffStep } from '../../src/model/handoff.ts';

export const NOW_MS = Date.parse('2026-11-22T10:00:00Z');
export const PLAN_HASH = 'ab'.repeat(32);

export function aReading(fields: Record<string, unknown> | string, file = 'x.json'): HandoffReading {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields);
  const reading = readHandoff(Buffer.from(text), file);
  if (typeof reading === 'string') throw new Error(reading);
  return reading;
}

export const fromCoo = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  handoff_id: 'coo-to-containers-expand-7',
  from: 'coo',
  to_division: 'containers',
  handoff_type: 'task_delegation',
  priority: 'high',
  context: { summary: 'Add two workers' },
  created_at: '2026-11-22T09:00:00Z',
  status: 'pending_pickup',
  ...fields,
});

/** Our approval request as it stands on disk. */
export function ourRequest(context: Record<string, unknown> = {}): Record<string, unknown> {
  const draft = draftOf(
    {
      to: 'coo',
      handoffType: 'approval_request',
      priority: 'high',
      taskId: 'upgrade-1',
      planHash: PLAN_HASH,
      context: { summary: 'Talos minor', impact: 'reboots', cost: '900 tokens', timeline: '1 hour', ...context },
    },
    NOW_MS - 3_600_000,
  );
  if (Array.isArray(draft)) throw new Error(draft.join());
  return JSON.parse(composeHandoff(draft, draft.task_id).text) as Record<string, unknown>;
}

interface Placed {
  fields: Record<string, unknown> | string;
  source?: string;
  writtenAtMs?: number;
  isConsumed?: boolean;
}

const fileOf = ({ fields, source = 'incoming/x.json', writtenAtMs = NOW_MS - 60_000 }: Placed): HandoffFile => ({
  reading: aReading(fields, source),
  source,
  writtenAtMs,
});

export function handoffsOf(
  received: readonly Placed[],
  sent: readonly Placed[] = [],
  steps: readonly HandoffStep[] = [],
): { incoming: Handoff[]; outgoing: Handoff[] } {
  return handoffsFrom({
    received: received.map(placed => ({ ...fileOf(placed), isConsumed: placed.isConsumed ?? false })),
    sent: sent.map(fileOf),
    stepsOf: id => steps.filter(step => step.handoff_id === id),
    nowMs: NOW_MS,
  });
}

export function only<Item>(items: readonly Item[]): Item {
  const [first, ...others] = items;
  if (first === undefined || others.length > 0) throw new Error(`${items.length} instead of one`);
  return first;
}

export const aStep = (handoff: Handoff, change: Partial<HandoffStep> = {}): HandoffStep => ({
  record_version: 1,
  handoff_id: handoff.id,
  step: 1,
  action: 'accept',
  at: '2026-11-22T09:30:00.000Z',
  by: 'operator',
  content_hash: handoff.reading.hash,
  ...change,
});
