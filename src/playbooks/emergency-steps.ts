import type { PlaybookStep } from './playbook.ts';

/** Steps that the emergencies share (seed 489 to 543). */

/** What only tells, whatever becomes of it. */
const tells = { by: 'division', capability: 'handoff.send', minutes: 0, onFailure: 'go_on' } as const;

export const notifyStep: PlaybookStep = {
  ...tells,
  id: 'notify',
  title: 'Notify: alert COO and affected divisions',
  source: 'seed 498',
  action: { does: 'hand_off', handoff: 'incident_to_coo_and_owners' },
  gate: 'the COO and the owners were told, within 10 minutes',
  tokens: 150,
};

export const coordinateStep = (source: string): PlaybookStep => ({
  ...tells,
  id: 'coordinate',
  title: 'Coordinate: work with Infrastructure Division if infra issue',
  source,
  action: { does: 'hand_off', handoff: 'incident_to_infrastructure' },
  gate: 'Infrastructure was told, where it is theirs',
  tokens: 100,
});

export const diagnoseStep = (title: string, source: string): PlaybookStep => ({
  id: 'diagnose',
  title,
  source,
  action: { does: 'diagnose' },
  by: 'talos',
  capability: 'machine.read',
  gate: 'the likeliest causes are named, with their evidence',
  minutes: 2,
  tokens: 300,
  onFailure: 'go_on',
});

/** Of what was done, with its timeline, whether it went well or not. */
export const reviewStep: PlaybookStep = {
  ...tells,
  id: 'review',
  title: 'Report: post-incident review to Cortex Prime',
  source: 'seed 507',
  action: { does: 'hand_off', handoff: 'review_to_prime' },
  gate: 'Cortex Prime has the review',
  tokens: 200,
  inAnyCase: true,
};

/** What is on file of an incident, before anybody is told of its end. */
export const incidentStep: PlaybookStep = {
  id: 'incident',
  title: 'Record the incident',
  source: 'seed 507',
  action: { does: 'record', record: 'incident' },
  by: 'division',
  capability: 'record.write',
  gate: 'the incident is on file',
  minutes: 0,
  tokens: 50,
  onFailure: 'go_on',
  inAnyCase: true,
};

export const escalateStep = (id: string): PlaybookStep => ({
  id,
  title: 'Escalation: immediate escalation to Cortex Prime if one of four conditions holds',
  source: 'seed 509',
  action: { does: 'escalate' },
  by: 'division',
  capability: 'handoff.send',
  gate: 'Cortex Prime knows of each condition that holds',
  minutes: 0,
  tokens: 50,
  onFailure: 'go_on',
});
