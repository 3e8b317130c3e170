import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { citedPatterns, findPatterns } from '../../../src/decisions/knowledge.ts';
import { commonPattern, contractorPattern, known, networkPattern } from './patterns.ts';

const patterns = known(commonPattern, contractorPattern, networkPattern);
const idsFor = (query: string): string[] => findPatterns(patterns, query).map(({ pattern }) => pattern.patternId);
const bestFor = (query: string): string | undefined => idsFor(query)[0];

describe('finding patterns', () => {
  it.each([
    ['an id', 'etcd-defragment', 'etcd-defragment'],
    ['an id with underscores', 'etcd_defragment', 'etcd-defragment'],
    ['a node', 'staging-worker-7', 'staging-worker-7-nic'],
    ['a cluster', 'staging', 'staging-worker-7-nic'],
    ['a version', 'v1.12.4', 'staging-worker-7-nic'],
    ['a version without its v', '1.12.4', 'staging-worker-7-nic'],
    ['a minor', 'v1.12', 'staging-worker-7-nic'],
    ['a question', 'how do I upgrade Talos on the control plane?', 'rolling-upgrade-control-plane-first'],
    ['capitals', 'ROLLING UPGRADE', 'rolling-upgrade-control-plane-first'],
    ['a typo', 'defragmnet etcd', 'etcd-defragment'],
    ['another typo', 'rolling upgarde', 'rolling-upgrade-control-plane-first'],
    ['the beginning of a word', 'defrag', 'etcd-defragment'],
    ['a contractor', 'talos-contractor', 'etcd-defragment'],
    ['a step of the approach', 'drain', 'rolling-upgrade-control-plane-first'],
  ])('by %s: %s', (_title, query, id) => {
    expect(bestFor(query)).toBe(id);
  });

  it.each([
    'bitte sag mir, wie das Wetter in Berlin wird',
    'Какая завтра погода в Москве',
    '明天天气怎么样',
    'qwertz asdf yxcv',
    'the of and with',
    '???  --- ',
    '',
    'v1.13.9',
    'v1.1',
    'production-worker-9',
    'chocolate cake with cherries',
  ])('nothing rather than anything: %j', query => {
    expect(idsFor(query)).toEqual([]);
  });

  it('a version with another patch is another version', () => {
    expect(idsFor('v1.12.5')).toEqual([]);
    expect(findPatterns(patterns, 'v1.12.4')).toMatchObject([{ score: 1 }]);
  });

  it('every word as it was written is 1; a misspelt one is less', () => {
    expect(findPatterns(patterns, 'defragment etcd')[0]?.score).toBe(1);
    const misspelt = findPatterns(patterns, 'defragmnet etcd')[0]?.score ?? 0;
    expect(misspelt).toBeGreaterThan(0.5);
    expect(misspelt).toBeLessThan(1);
  });

  it('of equals the one that succeeded more often comes first, whatever order they are kept in', () => {
    const named = (pattern_id: string, success_rate: number | null, observations = 1) => ({
      pattern_id,
      name: 'Drain a node',
      success_rate,
      observations,
    });
    const raw = [named('c', null), named('a', 50), named('b', 90), named('d', 90, 8), named('e', 90)];
    for (const order of [raw, raw.toReversed()]) {
      const found = findPatterns(known(...order), 'drain node');
      expect(found.map(({ pattern }) => pattern.patternId)).toEqual(['d', 'b', 'e', 'a', 'c']);
      expect(new Set(found.map(({ score }) => score))).toEqual(new Set([1]));
    }
  });

  test.prop([fc.string({ maxLength: 300 }), fc.shuffledSubarray([commonPattern, contractorPattern, networkPattern])])(
    'law: any query, any order: scores from 0 to 1, best first, the same each time',
    (query, raw) => {
      const found = findPatterns(known(...raw), query);
      const scores = found.map(({ score }) => score);
      for (const score of scores) expect(score >= 0 && score <= 1).toBe(true);
      expect(scores).toEqual(scores.toSorted((one, other) => other - one));
      expect(findPatterns(known(...raw.toReversed()), query)).toEqual(found);
    },
  );
});

describe('what a plan cites', () => {
  const work = {
    playbook: 'talos_upgrade',
    clusters: ['staging'],
    versions: ['v1.12.11', 'v1.13.9'],
    simulated: false,
  };

  it('R294: patterns about its playbook; one about its versions first', () => {
    const learnt = { pattern_id: 'talos-upgrade-1.12-to-1.13', name: 'Talos upgrade v1.12 to v1.13' };
    expect(citedPatterns(known(contractorPattern, commonPattern, learnt, networkPattern), work)).toEqual([
      'talos-upgrade-1.12-to-1.13',
      'rolling-upgrade-control-plane-first',
    ]);
  });

  it('R294: nothing where nothing is about it', () => {
    expect(citedPatterns(known(contractorPattern, networkPattern), work)).toEqual([]);
    expect(citedPatterns([], work)).toEqual([]);
  });

  it('what was learnt on a simulation is cited on a simulation only', () => {
    const learnt = known({ ...commonPattern, simulated: true });
    expect(citedPatterns(learnt, work)).toEqual([]);
    expect(citedPatterns(learnt, { ...work, simulated: true })).toEqual([commonPattern.pattern_id]);
  });
});
