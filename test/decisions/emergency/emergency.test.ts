import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../../src/decisions/causes.ts';
import { escalationsOf, type Incident } from '../../../src/decisions/emergency/escalation.ts';
import { type FailingWorkload, mitigationOf } from '../../../src/decisions/emergency/mitigation.ts';
import { ownerOfCause } from '../../../src/decisions/emergency/owner-of-cause.ts';
import { judgeStability, STABLE_MS } from '../../../src/decisions/emergency/stability.ts';
import { triage } from '../../../src/decisions/emergency/triage.ts';
import { unknownEtcdView, unknownMachine } from '../../../src/model/facts.ts';
import type { PodSymptoms, WorkloadSymptoms } from '../../../src/model/symptoms.ts';
import type { RevisionFacts } from '../../../src/model/workload-facts.ts';

const MINUTE = 60_000;
const cause = (name: string, area: Cause['area'] = 'software'): Cause => ({
  cause: name,
  area,
  certainty: 'certain',
  subject: 'web',
  message: `${name} of web`,
  evidence: [],
  rule: 'a test',
  remedy: 'none',
});
const revision = (number: number, isCurrent = false): RevisionFacts => ({
  name: `web-${number}`,
  revision: number,
  images: [`web:${number}`],
  isCurrent,
});
const failing = (name: string, revisions: RevisionFacts[], change: Partial<FailingWorkload> = {}): FailingWorkload => ({
  kind: 'Deployment',
  desired: 2,
  diagnosis: { state: 'unhealthy', causes: [cause(name)] },
  revisions,
  ...change,
});

describe('what is done for a workload that fails', () => {
  const two = [revision(2, true), revision(1)];
  const one = [revision(1, true)];
  it.each([
    ['image_pull', two, { does: 'rollback', revision: 'web-1' }],
    ['crash_loop', two, { does: 'rollback', revision: 'web-1' }],
    ['out_of_memory', two, { does: 'rollback', revision: 'web-1' }],
    ['out_of_memory', one, { does: 'scale', replicas: 3 }],
    ['crash_loop', one, { does: 'restart' }],
    ['unknown', two, { does: 'restart' }],
    ['image_pull', one, { does: 'none' }],
    ['missing_configuration', one, { does: 'none' }],
    ['unschedulable', two, { does: 'none' }],
    ['node_not_ready', two, { does: 'none' }],
    // It was gone back to once: going on from there would bring the fault back.
    ['crash_loop', [revision(3), revision(2, true)], { does: 'restart' }],
  ] as const)(
    'R263: %s → one of rollback, restart, scale, or nothing, with its reason',
    (name, revisions, expected) => {
      const mitigation = mitigationOf(failing(name, [...revisions]));
      expect(mitigation).toMatchObject(expected);
      expect(mitigation.rationale).toContain('R263');
    },
  );

  it('nothing is done for one that works, nor for a DaemonSet’s memory', () => {
    const healthy = { state: 'healthy' as const, causes: [cause('crash_loop')] };
    expect(mitigationOf(failing('crash_loop', two, { diagnosis: healthy }))).toMatchObject({ does: 'none' });
    expect(mitigationOf(failing('out_of_memory', one, { kind: 'DaemonSet' }))).toMatchObject({ does: 'none' });
  });
});

describe('whose a cause is', () => {
  it.each([
    ['machine_unreachable', 'hardware', 'infrastructure'],
    ['network_link', 'network', 'infrastructure'],
    ['crash_loop', 'software', 'development'],
    ['kubelet_stopped', 'software', 'containers'],
    ['unknown', 'unknown', undefined],
  ] as const)('%s (%s) → %s', (name, area, owner) => expect(ownerOfCause(cause(name, area))).toBe(owner));
});

const calm: Incident = {
  failing: ['one'],
  isQuorumLost: false,
  snapshotAgeMs: undefined,
  elapsedMs: MINUTE,
  expectedMs: 30 * MINUTE,
  changesArchitecture: false,
};

describe('R91: an escalation to Cortex Prime', () => {
  it.each([
    ['multi_cluster_failure', { failing: ['one', 'two'] }],
    ['data_loss_risk', { isQuorumLost: true }],
    ['data_loss_risk', { isQuorumLost: true, snapshotAgeMs: 61 * MINUTE }],
    ['recovery_over_an_hour', { elapsedMs: 61 * MINUTE, expectedMs: undefined }],
    ['recovery_over_an_hour', { elapsedMs: 31 * MINUTE }],
    ['architectural_change', { changesArchitecture: true }],
  ] as const)('R249, R250, R251: %s', (condition, change) => {
    expect(escalationsOf({ ...calm, ...change }).map(each => each.condition)).toEqual([condition]);
  });

  it('R252: none without a condition; a fresh snapshot is no risk of data loss; 60 minutes are not over an hour', () => {
    expect(escalationsOf(calm)).toEqual([]);
    expect(escalationsOf({ ...calm, isQuorumLost: true, snapshotAgeMs: 60 * MINUTE })).toEqual([]);
    expect(escalationsOf({ ...calm, elapsedMs: 30 * MINUTE })).toEqual([]);
  });
});

const pod = (name: string, restarts: number, isReady = true): PodSymptoms => ({
  namespace: 'shop',
  name,
  nodeName: 'w',
  phase: 'Running',
  reason: '',
  message: '',
  conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', reason: '', message: '', since: 0 }],
  containers: [
    {
      name: 'web',
      isInit: false,
      image: 'web',
      isReady,
      restarts,
      isRunning: isReady,
      waiting: undefined,
      ended: undefined,
      memoryLimit: undefined,
    },
  ],
  terminatingSince: undefined,
});
const workload = (...pods: PodSymptoms[]): WorkloadSymptoms => ({
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  desired: 2,
  conditions: [],
  pods,
  owned: [],
});

describe('the window after which an incident is over', () => {
  it('R265: opens when every pod works, ends after ten minutes without a restart, and a re-crash keeps the incident open', () => {
    expect(judgeStability(workload(pod('a', 4), pod('b', 0, false)), undefined, 0).kind).toBe('settling');
    expect(judgeStability(workload(pod('a', 4)), undefined, 0).kind).toBe('settling');
    const opened = judgeStability(workload(pod('a', 4), pod('b', 0)), undefined, 1_000);
    if (opened.kind !== 'watching') throw new Error(opened.kind);
    const at = (now: number, ...pods: PodSymptoms[]) => judgeStability(workload(...pods), opened.window, now).kind;
    expect(at(1_000 + STABLE_MS - 1, pod('a', 4), pod('b', 0))).toBe('watching');
    expect(at(1_000 + STABLE_MS, pod('a', 4), pod('b', 0))).toBe('stable');
    expect(at(STABLE_MS, pod('a', 5), pod('b', 0))).toBe('crashed');
    expect(at(STABLE_MS, pod('a', 4), pod('c', 1))).toBe('crashed');
    expect(at(2_000, pod('a', 4), pod('b', 0, false))).toBe('crashed');
  });

  it('R265: whatever the counts, more restarts than at its opening are never stable', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 5 }), fc.nat(10 * STABLE_MS), (before, more, now) => {
        const window = { since: 0, restarts: { a: before } };
        expect(judgeStability(workload(pod('a', before + more)), window, now).kind).toBe('crashed');
      }),
    );
  });
});

describe('the triage of a cluster', () => {
  const up = (address: string) => ({
    ...unknownMachine(address, ''),
    version: 'v1.12.11',
    stage: 'running',
    error: undefined,
  });
  const down = (address: string) => unknownMachine(address, 'CONTRACTOR_FAILED: unreachable');
  const mute = (address: string) => unknownEtcdView(address, 'etcdserver: request timed out');
  it.each([
    ['network', [down('a'), down('b'), down('c')]],
    ['hardware', [up('a'), down('b'), down('c')]],
    ['config', [up('a'), up('b'), up('c')]],
  ] as const)('R241: %s, with what says so', (area, machines) => {
    const etcd = machines.map(({ address }) => mute(address));
    const [first] = triage({ cluster: 'one', machines, etcd, servers: [], nodes: undefined });
    expect(first).toMatchObject({ area });
    expect(first?.evidence.length).toBeGreaterThan(0);
  });

  it('R241: unknown is said where nothing explains it', () => {
    const server = {
      url: 'https://a',
      reachable: false,
      version: undefined,
      etcdReady: 'unknown' as const,
      error: 'refused',
    };
    const causes = triage({ cluster: 'one', machines: [up('a')], etcd: [], servers: [server], nodes: [] });
    expect(causes).toMatchObject([{ area: 'unknown' }]);
  });
});
