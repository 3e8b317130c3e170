import type { CheckSubject, StepHandoff, StepRecord } from '../model/step.ts';
import type { PlaybookStep } from './playbook.ts';

type Named = Pick<PlaybookStep, 'id' | 'title' | 'source'>;

/** A look at one subject that tells what it finds and stops nothing: by whom it is looked at, and how long that takes. */
export const look = (
  subject: CheckSubject,
  step: Omit<Named, 'id'> & Pick<PlaybookStep, 'by' | 'capability' | 'minutes' | 'tokens'>,
): PlaybookStep => ({
  id: subject,
  ...step,
  action: { does: 'check', subject, must_hold: false },
  gate: 'looked at: what can’t be read is a finding',
  onFailure: 'go_on',
});

/** Something written into the division's own records, however the looks before it ended. */
export const write = (record: StepRecord, step: Named): PlaybookStep => ({
  ...step,
  action: { does: 'record', record },
  by: 'division',
  capability: 'record.write',
  gate: 'it is on disk',
  minutes: 0,
  tokens: 40,
  onFailure: 'go_on',
  inAnyCase: true,
});

/** Others told, however the looks before it ended. */
export const tell = (handoff: StepHandoff, step: Named): PlaybookStep => ({
  ...step,
  action: { does: 'hand_off', handoff },
  by: 'division',
  capability: 'handoff.send',
  gate: 'told, or there is nothing to tell',
  minutes: 0,
  tokens: 60,
  inAnyCase: true,
});

/** Issues to the COO, and to nobody when there are none (ledger R109). */
export const tellIssues = (title: string, source: string): PlaybookStep =>
  tell('issues_to_coo', { id: 'report', title, source });
