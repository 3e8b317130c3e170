import { describe, expect, it } from 'vitest';
import { deniedNamespaces } from '../../../src/decisions/lint/lint.ts';

describe('the namespaces that deny by default', () => {
  it('are read from the cluster’s NetworkPolicies', () => {
    const live = (namespace: string, spec: object) => ({ metadata: { name: 'a', namespace }, spec });
    const policies = [
      live('both', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      live('in', { podSelector: {} }),
      live('open', { podSelector: {}, ingress: [{}] }),
    ];
    expect(deniedNamespaces(policies)).toEqual({ ingress: ['both', 'in'], egress: ['both'] });
  });
});
