import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../src/decisions/checks/check.ts';
import { checkPodSecurityPosture } from '../../../src/decisions/checks/pod-security-posture.ts';

const namespace = (name: string, labels: Record<string, string> = {}, isTerminating = false) => ({
  name,
  uid: name,
  labels,
  isTerminating,
  quotas: [],
});
const enforce = (level: string) => ({ 'pod-security.kubernetes.io/enforce': level });

describe('the Pod Security posture', () => {
  it('R13, R342: names each namespace that enforces no standard, and alarms nobody', () => {
    const { issues, headline } = checkPodSecurityPosture([
      namespace('shop', enforce('restricted')),
      namespace('old', enforce('baseline')),
      namespace('blog', enforce('privileged')),
      namespace('ci'),
      namespace('odd', enforce('strict')),
    ]);
    expect(issues.map(({ subject }) => subject)).toEqual(['blog', 'ci', 'odd']);
    expect(statusOf(issues)).toBe('healthy');
    expect(headline).toBe('2 namespaces enforce a Pod Security Standard, 3 without');
  });

  it('R97: tells all three modes of a namespace; the cluster’s own namespaces are said to be exempt', () => {
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
    const { issues, figures } = checkPodSecurityPosture([
      namespace('kube-system'),
      namespace('shop', { ...enforce('baseline'), ...labels }),
      namespace('gone', {}, true),
    ]);
    expect(issues).toEqual([]);
    expect(figures).toEqual({
      exempt: expect.arrayContaining(['kube-system']),
      namespaces: [{ namespace: 'shop', enforce: 'baseline', audit: 'none', warn: 'restricted' }],
    });
  });
});
