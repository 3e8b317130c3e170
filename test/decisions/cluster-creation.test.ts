import { describe, expect, it } from 'vitest';
import { machineConfigProblem, machinesOfNewCluster, roleOfMachine } from '../../src/decisions/cluster-creation.ts';

const wanted = { name: 'edge', control_planes: 3, workers: 2 };
const planes = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];

describe('the machines of a new cluster', () => {
  it('SAFETY 1: its control plane is what its endpoints are, whatever order the machines are named in', () => {
    const machines = machinesOfNewCluster(wanted, planes, ['10.0.0.9', ...planes.toReversed(), '10.0.0.8', '10.0.0.7']);
    expect(machines).toEqual([...planes, '10.0.0.9', '10.0.0.8']);
    expect([0, 1, 2, 3, 4].map(machine => roleOfMachine(machine, 3))).toEqual([
      ...Array(3).fill('control-plane'),
      ...Array(2).fill('worker'),
    ]);
  });

  it.each<[string, readonly string[], readonly string[], string]>([
    ['fewer endpoints than control planes', planes.slice(1), [...planes, '10.0.0.8', '10.0.0.9'], 'endpoints names 2'],
    ['an endpoint named twice', [...planes.slice(1), '10.0.0.3'], [...planes, '10.0.0.8', '10.0.0.9'], 'names 2'],
    ['an endpoint that is no machine', planes, ['10.0.0.2', '10.0.0.3', '10.0.0.8', '10.0.0.9'], 'endpoint 10.0.0.4'],
    ['too few machines', planes, [...planes, '10.0.0.8', '10.0.0.8'], '2 workers are wanted, 1 machines are left'],
  ])('are refused for %s', (_what, endpoints, addresses, said) => {
    expect(machinesOfNewCluster(wanted, endpoints, addresses)).toContain(said);
  });
});

describe('a machine configuration', () => {
  const config = (type: string, more = ''): string =>
    `apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: a\n---\nversion: v1alpha1\nmachine:\n  type: ${type}\n  token: hunter2\n${more}`;
  const images =
    '  install:\n    image: factory.talos.dev/metal-installer/abc:v1.12.11\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.35.4@sha256:abc\n';

  it.each<[string, string, Parameters<typeof machineConfigProblem>[1], string | undefined]>([
    ['of the role', config('worker'), { role: 'worker' }, undefined],
    ['of the other role', config('worker'), { role: 'control-plane' }, 'is of a machine of type "worker"'],
    ['R324: that bootstraps by itself', config('init'), { role: 'control-plane' }, 'is of a machine of type "init"'],
    ['of nothing', 'kind: Secret\ntoken: hunter2\n', { role: 'worker' }, 'is no machine configuration'],
    ['that is no YAML', '{[', { role: 'worker' }, 'is no machine configuration'],
    ['that unfolds without end', 'a: *b\n', { role: 'worker' }, 'is no machine configuration'],
    [
      'of the versions asked for',
      config('worker', images),
      { role: 'worker', talosVersion: '1.12.11', kubernetesVersion: 'v1.35' },
      undefined,
    ],
    [
      'of another Kubernetes',
      config('worker', images),
      { role: 'worker', kubernetesVersion: 'v1.3' },
      'installs Kubernetes v1.35.4, not v1.3',
    ],
    [
      'that does not say its Talos',
      config('worker'),
      { role: 'worker', talosVersion: 'v1.12.11' },
      'does not say which Talos it installs, and v1.12.11 is asked for',
    ],
    ...['allowSchedulingOnControlPlanes', 'allowSchedulingOnMasters'].map(
      (field): [string, string, Parameters<typeof machineConfigProblem>[1], string] => [
        `R139: that takes pods (${field})`,
        config('controlplane', `cluster:\n  ${field}: true\n`),
        { role: 'control-plane', takesNoPods: true },
        'lets pods run on the control plane',
      ],
    ),
    ['R139: that takes none', config('controlplane'), { role: 'control-plane', takesNoPods: true }, undefined],
  ])('%s', (_what, text, asked, problem) => {
    expect(machineConfigProblem(text, asked)).toBe(problem);
  });
});
