import { describe, expect, it } from 'vitest';
import { type ClusterDrift, checkDrift } from '../../../src/decisions/checks/drift.ts';

const NAMES = ['staging', 'production'];
const same: ClusterDrift = {
  contractor: 'talos-a2a',
  claimed: {
    clusters: NAMES.map(cluster => ({ cluster, talos: { 'v1.13.9': 3 }, kubelet: { 'v1.35.2': 3 } })),
    failed: [],
  },
  drift: { compared: NAMES, differences: [], more_differences: 0, unknown: [], failed: [] },
  seen: NAMES.map(cluster => ({ cluster, talos: ['v1.13.9'], kubelet: ['v1.35.2'] })),
};
const behind = {
  subject: 'talos_version' as const,
  role: 'worker',
  path: null,
  values: [
    { cluster: 'staging', value: 'v1.13.9' },
    { cluster: 'production', value: 'v1.12.1' },
  ],
};
const setting = {
  subject: 'machine_config' as const,
  role: 'worker',
  path: 'machine.sysctls',
  values: [
    { cluster: 'staging', value: 's3cr3t' },
    { cluster: 'production', value: 'absent' },
  ],
};
const gone = { cluster: 'production', error_class: 'unavailable', message: 'no answer' };

const told = (change: Partial<ClusterDrift>) => {
  const { issues, figures } = checkDrift({ ...same, ...change });
  return {
    sync: figures.multi_cluster_sync,
    issues: issues.map(({ severity, subject, message }) => `${severity} ${subject}: ${message}`),
  };
};

describe('several clusters', () => {
  it('that run the same, by the contractor and by Kubernetes, are in sync', () => {
    expect(told({})).toEqual({ sync: 'in_sync', issues: [] });
  });

  it('that differ in a version are not, and the versions are told', () => {
    const { sync, issues } = told({ drift: { ...same.drift, differences: [behind] } });
    expect(sync).toBe('out_of_sync');
    expect(issues).toEqual(['warning talos_version: talos_version of worker: staging v1.13.9, production v1.12.1']);
  });

  it('that differ in a setting: its path is told and no value', () => {
    const { sync, issues } = told({ drift: { ...same.drift, differences: [setting], more_differences: 2 } });
    expect(sync).toBe('in_sync');
    expect(issues).toEqual(['info machine_config: 3 settings differ: machine.sysctls (worker)']);
  });

  it('of which one did not answer: that is not known, and the others are told', () => {
    const { sync, issues } = told({
      claimed: { clusters: same.claimed.clusters.slice(0, 1), failed: [gone] },
      drift: { ...same.drift, compared: ['staging'], failed: [gone] },
    });
    expect(sync).toBe('unknown');
    expect(issues).toEqual(['unknown production: talos-a2a could not read it: unavailable, no answer']);
  });
});

describe('SAFETY 4: what the contractor says is not believed', () => {
  it.each<[string, Partial<ClusterDrift>, string]>([
    [
      'where Kubernetes shows another version',
      { seen: [{ cluster: 'staging', talos: ['v1.12.1'], kubelet: ['v1.35.2'] }, ...same.seen.slice(1)] },
      'unknown staging: Talos: talos-a2a says v1.13.9, Kubernetes shows v1.12.1',
    ],
    [
      'where Kubernetes shows a second one',
      { seen: [{ cluster: 'staging', talos: ['v1.13.9'], kubelet: ['v1.35.2', 'v1.34.1'] }, ...same.seen.slice(1)] },
      'unknown staging: kubelets: talos-a2a says v1.35.2, Kubernetes shows v1.35.2, v1.34.1',
    ],
    [
      'where Kubernetes can’t be asked',
      { seen: [{ cluster: 'staging', talos: undefined, kubelet: ['v1.35.2'] }, ...same.seen.slice(1)] },
      'unknown staging: Talos: Kubernetes can’t be asked, and talos-a2a is not believed alone',
    ],
  ])('%s', (_where, change, issue) => {
    expect(told(change)).toEqual({ sync: 'unknown', issues: [issue] });
  });
});
