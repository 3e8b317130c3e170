import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeptTask } from '../../src/model/task.ts';
import { expand, type World } from '../../src/playbooks/expand.ts';
import type { Over, Playbook, PlaybookStep } from '../../src/playbooks/playbook.ts';

const step = (id: string): PlaybookStep => ({
  id,
  title: id,
  source: 'a test',
  action: { does: 'hold_lease' },
  by: 'kubernetes',
  capability: 'lease.hold',
  gate: `${id} is done`,
  minutes: 1,
  tokens: 10,
});

type Order = 'one_after_the_other' | 'at_the_same_time';

const phase = (name: string, over: Over, ids: readonly string[], order: Order = 'one_after_the_other') =>
  ({ mode: 'steps', name, over, order, steps: ids.map(step) }) as const;

const playbook = (phases: Playbook['phases'], clusters: Order = 'one_after_the_other'): Playbook => ({
  name: 'daily_health_check',
  title: 'A test',
  purpose: 'A test.',
  source: 'a test',
  cadence: 'as_needed',
  action: 'node.drain',
  clusters,
  phases,
});

const cluster = (name: string, planes: number, workers: number): World['clusters'][number] => ({
  name,
  controlPlaneNodes: Array.from({ length: planes }, (_, index) => `${name}-cp-${index + 1}`),
  workers: Array.from({ length: workers }, (_, index) => `${name}-worker-${index + 1}`),
  contractor: 'talos',
  offered: ['machine.read'],
});

const everywhere: KeptTask = { playbook: 'daily_health_check' };
const edges = (steps: ReturnType<typeof expand>) =>
  Object.fromEntries(steps.map(({ id, depends_on }) => [id, depends_on]));

describe('a playbook spread over its task', () => {
  it('R139: backups are restored one after the other, where that is asked for and there is a scratch cluster, and else not', () => {
    const drill = playbook(
      [
        phase('look', 'clusters', ['look']),
        phase('drill', 'scratch', ['restore', 'wipe']),
        phase('tell', 'division', ['tell']),
      ],
      'at_the_same_time',
    );
    const clusters = [cluster('production', 1, 0), cluster('staging', 1, 0)];
    const scratch = { name: 'scratch', contractor: 'talos', offered: [] };
    const asked: KeptTask = { playbook: 'backup_validation', restore: true };
    const drilled = expand(drill, asked, { clusters, scratch });
    expect(edges(drilled)).toMatchObject({
      'production/scratch/restore': ['production/look', 'staging/look'],
      'staging/scratch/restore': ['production/scratch/wipe'],
      tell: ['staging/scratch/wipe'],
    });
    expect(drilled.map(({ target }) => target)).toContainEqual({ cluster: 'scratch', backup_of: 'staging' });
    for (const none of [
      expand(drill, asked, { clusters }),
      expand(drill, { playbook: 'backup_validation' }, { clusters, scratch }),
    ])
      expect(none.map(({ id }) => id)).toEqual(['production/look', 'staging/look', 'tell']);
  });

  it('R42: what several clusters are compared by goes to the contractor over several, and one cluster to none', () => {
    const compared = playbook([
      { ...phase('compare', 'several-clusters', ['drift']), steps: [{ ...step('drift'), by: 'talos-a2a' }] },
      phase('tell', 'division', ['tell']),
    ]);
    const [one, other] = [cluster('production', 1, 0), cluster('staging', 1, 0)];
    const fleet = { contractor: 'talos-a2a', offered: ['lease.hold'] };
    const told = (world: World) =>
      expand(compared, everywhere, world).map(({ id, contractor, offered_by: by }) => `${id}: ${contractor}, ${by}`);
    expect(told({ clusters: [one], fleet })).toEqual(['tell: kubernetes, containers-gm']);
    const tell = 'tell: kubernetes, containers-gm';
    expect(told({ clusters: [one, other], fleet })).toEqual(['drift: talos-a2a, talos-a2a', tell]);
    expect(told({ clusters: [one, other] })).toEqual(['drift: talos-a2a, none', tell]);
  });

  it('R207: worker after worker, drained and given back one by one; never all drained first', () => {
    const steps = expand(playbook([phase('workers', 'workers', ['drain', 'upgrade', 'uncordon'])]), everywhere, {
      clusters: [cluster('staging', 1, 2)],
    });
    expect(steps.map(({ id }) => id)).toEqual([
      'staging/staging-worker-1/drain',
      'staging/staging-worker-1/upgrade',
      'staging/staging-worker-1/uncordon',
      'staging/staging-worker-2/drain',
      'staging/staging-worker-2/upgrade',
      'staging/staging-worker-2/uncordon',
    ]);
    expect(edges(steps)['staging/staging-worker-2/drain']).toEqual(['staging/staging-worker-1/uncordon']);
  });

  it('R210: no phase begins before the one before it is over, on every target', () => {
    const steps = expand(
      playbook([
        phase('look', 'clusters', ['look']),
        phase('nodes', 'workers', ['touch'], 'at_the_same_time'),
        phase('verify', 'clusters', ['verify']),
      ]),
      everywhere,
      { clusters: [cluster('staging', 1, 2)] },
    );
    expect(edges(steps)).toEqual({
      'staging/look': [],
      'staging/staging-worker-1/touch': ['staging/look'],
      'staging/staging-worker-2/touch': ['staging/look'],
      'staging/verify': ['staging/staging-worker-1/touch', 'staging/staging-worker-2/touch'],
    });
  });

  it('clusters go in waves, or side by side with one report after all of them', () => {
    const phases = [phase('check', 'clusters', ['a', 'b']), phase('report', 'division', ['report'])];
    const world = { clusters: [cluster('staging', 1, 0), cluster('production', 1, 0)] };
    expect(edges(expand(playbook(phases), everywhere, world))).toMatchObject({
      'production/a': ['staging/b'],
      report: ['production/b'],
    });
    expect(edges(expand(playbook(phases, 'at_the_same_time'), everywhere, world))).toMatchObject({
      'staging/a': [],
      'production/a': [],
      report: ['staging/b', 'production/b'],
    });
  });

  it('R212: applications of different namespaces go side by side, those of one namespace one after the other', () => {
    const sha = 'a'.repeat(64);
    const task: KeptTask = {
      playbook: 'deploy_application',
      cluster: 'staging',
      applications: [
        { name: 'web', namespace: 'shop', manifest_sha256: sha },
        { name: 'api', namespace: 'shop', manifest_sha256: sha },
        { name: 'n8n', manifest_sha256: sha },
      ],
    };
    const steps = expand(playbook([phase('deploy', 'applications', ['apply'], 'at_the_same_time')]), task, {
      clusters: [cluster('staging', 1, 1)],
    });
    expect(edges(steps)).toEqual({
      'staging/shop/application-1/apply': [],
      'staging/shop/application-2/apply': ['staging/shop/application-1/apply'],
      'staging/n8n/application-3/apply': [],
    });
  });

  it('a phase without a target is none: what follows waits for what was before it', () => {
    const steps = expand(
      playbook([
        phase('look', 'clusters', ['look']),
        phase('workers', 'workers', ['x']),
        phase('end', 'clusters', ['end']),
      ]),
      everywhere,
      { clusters: [cluster('staging', 1, 0)] },
    );
    expect(edges(steps)).toEqual({ 'staging/look': [], 'staging/end': ['staging/look'] });
  });

  it('what a contractor does not offer is offered by nobody, and said', () => {
    const asked = { ...step('read'), by: 'talos', capability: 'os.reset' } as const;
    const [planned] = expand(playbook([{ ...phase('x', 'clusters', []), steps: [asked] }]), everywhere, {
      clusters: [cluster('staging', 1, 0)],
    });
    expect(planned).toMatchObject({ contractor: 'talos', offered_by: 'none' });
  });

  const overs: Over[] = ['division', 'clusters', 'control-plane-nodes', 'workers'];
  const arbitrary = fc.record({
    phases: fc.array(
      fc.record({
        over: fc.constantFrom(...overs),
        order: fc.constantFrom<Order>('one_after_the_other', 'at_the_same_time'),
        steps: fc.integer({ min: 1, max: 3 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    order: fc.constantFrom<Order>('one_after_the_other', 'at_the_same_time'),
    clusters: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), { maxLength: 3 }),
  });

  it('has ids once, depends on earlier steps only, and goes through whole phases: any playbook, any world', () => {
    fc.assert(
      fc.property(arbitrary, ({ phases, order, clusters }) => {
        const made = phases.map(({ over, order: within, steps }, index) =>
          phase(
            `phase-${index}`,
            over,
            Array.from({ length: steps }, (_, at) => `p${index}s${at}`),
            within,
          ),
        );
        const world = { clusters: clusters.map(([planes, workers], index) => cluster(`c${index}`, planes, workers)) };
        const steps = expand(playbook(made, order), everywhere, world);
        expect(expand(playbook(made, order), everywhere, world)).toEqual(steps);
        const ids = steps.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const before = new Map<string, Set<string>>();
        for (const { id, depends_on, target, phase: own } of steps) {
          const all = new Set(depends_on.flatMap(other => [other, ...(before.get(other) ?? [])]));
          expect(depends_on.every(other => before.has(other))).toBe(true);
          before.set(id, all);
          // Every step of an earlier phase of the same cluster is over before.
          const earlier = steps.filter(
            other => other.target.cluster === target.cluster && Number(other.phase.slice(6)) < Number(own.slice(6)),
          );
          expect(earlier.every(other => all.has(other.id))).toBe(true);
        }
      }),
    );
  });
});
