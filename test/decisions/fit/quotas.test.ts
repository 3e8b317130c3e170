import { describe, expect, it } from 'vitest';
import { judgeQuotas } from '../../../src/decisions/fit/fit.ts';
import { asks, old, sized, three } from './fit-cases.ts';

describe('R196: quotas', () => {
  const quota = (hard: Record<string, string>, used: Record<string, string> = {}) => [
    { name: 'shop', uid: 'u', labels: {}, isTerminating: false, quotas: [{ name: 'q', hard, used }] },
  ];
  it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    ['has room', { pods: '3', 'requests.cpu': '3', 'requests.memory': '3Gi' }, {}, []],
    ['is out of pods', { pods: '5' }, { pods: '3' }, ['pods']],
    ['is out of CPU', { 'requests.cpu': '2500m' }, {}, ['requests.cpu']],
    ['is out of memory', { memory: '2Gi' }, {}, ['memory']],
    ['counts what is not looked at here', { 'count/deployments.apps': '0' }, {}, []],
  ])('a quota that %s', (_title, hard, used, expected) => {
    const facts = { namespaces: quota(hard, used), pods: [], nodeCount: 3 };
    expect(judgeQuotas(asks(sized('1', '1Gi')), facts).map(({ resource }) => resource)).toEqual(expected);
  });

  it('is not used twice by pods that are replaced', () => {
    const facts = {
      namespaces: quota({ pods: '3' }, { pods: '3' }),
      pods: three.map(({ name }) => old(name)),
      nodeCount: 3,
    };
    const may = { strategy: { rollingUpdate: { maxUnavailable: 1 } } };
    expect(judgeQuotas(asks(sized('1', '1Gi', {}, may)), facts)).toEqual([]);
    expect(judgeQuotas(asks(sized('1', '1Gi')), facts).map(({ resource }) => resource)).toEqual(['pods']);
  });
});
