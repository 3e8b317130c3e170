import { describe, expect, it } from 'vitest';
import { playbooksOf } from '../../../src/decisions/understanding/choice.ts';
import { dangers } from '../../../src/decisions/understanding/lexicon/dangers.ts';
import { owners } from '../../../src/decisions/understanding/lexicon/owners.ts';
import { allConcepts, rules } from '../../../src/decisions/understanding/lexicon.ts';
import { groupsOf } from '../../../src/decisions/understanding/request.ts';
import { Task } from '../../../src/model/task.ts';

/** What names, numbers and moods count as. */
const OTHERS = `look asks cluster_name node_name namespace_name workload_name version_number number address snapshot_file month new_name`;
const known = new Set([...allConcepts, ...OTHERS.split(' ')]);
const unknownOf = (patterns: readonly string[]): string[] =>
  patterns
    .flatMap(groupsOf)
    .flat()
    .filter(concept => !known.has(concept));

describe('the lexicon', () => {
  it('has a word for each concept that a rule names', () => {
    expect(unknownOf(rules.flatMap(rule => [...rule.patterns, rule.allows]))).toEqual([]);
    expect(unknownOf(owners.flatMap(({ patterns }) => patterns))).toEqual([]);
    expect(
      unknownOf(dangers.flatMap(({ pattern, unless }) => [pattern, ...(unless === undefined ? [] : [unless])])),
    ).toEqual([]);
  });

  it('R204: can ask for every playbook there is', () => {
    const all = Task.options.map(option => option.shape.playbook.value);
    expect(rules.flatMap(({ family }) => playbooksOf(family)).sort()).toEqual([...all].sort());
  });

  it('lets no rule that changes something pass over a guard', () => {
    const guards = [
      'negation',
      'condition',
      'alternative',
      'asks',
      'past',
      'later',
      'at_once',
      'bypass',
      'force',
      'takeover',
      'expose',
    ];
    const passing = rules
      .filter(rule => rule.disrupts && rule.family !== 'deploy_application')
      .filter(rule => rule.allows.split(' ').some(concept => guards.includes(concept)));
    expect(passing.map(({ family }) => family)).toEqual([]);
  });
});
