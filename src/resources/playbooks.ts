import { authorityMatrix } from '../decisions/authority.ts';
import { DivisionError } from '../errors.ts';
import type { ResourceFamily } from '../mcp/define-resource.ts';
import { type Phase, type Playbook, type PlaybookStep, playbooks } from '../playbooks/index.ts';
import { parametersOf } from '../playbooks/parameters.ts';
import type { FrontEnd } from '../ports.ts';
import { LISTED_OF_A_FAMILY } from './listed.ts';

const playbookAddress = (name: string): string => `gm://playbooks/${name}`;

const stepView = (step: PlaybookStep): Record<string, unknown> => ({
  id: step.id,
  title: step.title,
  source: step.source,
  ...step.action,
  by: step.by,
  capability: step.capability,
  gate: step.gate,
  minutes: step.minutes,
  tokens: step.tokens,
  on_failure: step.onFailure ?? 'halt',
  in_any_case: step.inAnyCase ?? false,
  ...(step.undoneBy && { undone_by: step.undoneBy.does }),
});

const phaseView = (phase: Phase): Record<string, unknown> =>
  phase.mode === 'turns' ? { ...phase } : { ...phase, steps: phase.steps.map(stepView) };

/** Once a target: how many there are is the task's to say. */
function estimateOf({ phases, seedEstimate }: Playbook): Record<string, unknown> {
  const steps = phases.flatMap(phase => (phase.mode === 'steps' ? phase.steps : []));
  return {
    ...(steps.length > 0 && {
      minutes_of_steps: steps.reduce((total, step) => total + step.minutes, 0),
      tokens_of_steps: steps.reduce((total, step) => total + step.tokens, 0),
      counted: 'each step once; a plan counts it for each of its targets',
    }),
    ...(seedEstimate && { seed: seedEstimate }),
  };
}

const wholePlaybook = (playbook: Playbook): Record<string, unknown> => {
  const { name, title, purpose, source, cadence, dueEveryHours, action, clusters, phases } = playbook;
  const row = authorityMatrix.find(candidate => candidate.action === action);
  return {
    name,
    title,
    purpose,
    source,
    cadence,
    ...(dueEveryHours !== undefined && { due_every_hours: dueEveryHours }),
    parameters: parametersOf(name),
    authority: { action, ...(row && { level: row.level, rule: row.rule }), may_rise: 'with what its steps reach' },
    clusters,
    phases: phases.map(phaseView),
    estimate: estimateOf(playbook),
  };
};

const list: ResourceFamily<FrontEnd> = {
  name: 'playbooks',
  title: 'Playbooks',
  description: 'Every procedure that decompose_task plans: what it is for and how often it is due.',
  uri: 'gm://playbooks',
  keepMs: 300_000,
  read: async ({ config }) => ({
    simulated: config.simulated,
    playbooks: playbooks.map(({ name, title, purpose, cadence, dueEveryHours }) => ({
      name,
      title,
      purpose,
      cadence,
      ...(dueEveryHours !== undefined && { due_every_hours: dueEveryHours }),
      required: parametersOf(name).required,
      address: playbookAddress(name),
    })),
  }),
};

const one: ResourceFamily<FrontEnd> = {
  name: 'playbook',
  title: 'Playbook',
  description: 'One procedure as data: parameters, phases, steps with gates and sources, authority, estimate.',
  uri: 'gm://playbooks/{name}',
  keepMs: 300_000,
  async read({ config }, { name: named = '' }) {
    const playbook = playbooks.find(({ name }) => name === named);
    if (playbook) return { simulated: config.simulated, ...wholePlaybook(playbook) };
    const names = playbooks.map(({ name }) => name).join(', ');
    throw new DivisionError('NOT_FOUND', 'there is no such playbook', `the playbooks are: ${names}`);
  },
  list: async () =>
    playbooks
      .slice(0, LISTED_OF_A_FAMILY)
      .map(({ name, title }) => ({ uri: playbookAddress(name), name: `Playbook: ${title}` })),
  complete: { name: async () => playbooks.map(({ name }) => name) },
};

export const playbookResources: readonly ResourceFamily<FrontEnd>[] = [list, one];
