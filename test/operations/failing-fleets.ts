/** Fleets on which something fails, or is to be made, as procedures meet them; and who mends what no procedure does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEntry } from '../../src/model/journal.ts';
import { addSpareMachines } from '../../src/simulation/spare-machines.ts';
import type { SimCluster } from '../../src/simulation/world/cluster.ts';
import { makeSnapshot } from '../../src/simulation/world/etcd-snapshot.ts';
import type { Machine } from '../../src/simulation/world/machine.ts';
import { powerOff, powerOn } from '../../src/simulation/world/machines/boot.ts';
import { orderReset } from '../../src/simulation/world/machines/reset.ts';
import type { Home } from '../crash/in-process/beside.ts';
import type { PrepareOptions, ProcedureOptions, Scene } from '../crash/in-process/procedure-division.ts';

const SEEN_MS = 120_000;

export const isStep =
  (step: string, state: string) =>
  (entry: JournalEntry): boolean =>
    entry.kind === 'step' && entry.step.endsWith(`/${step}`) && entry.state === state;

function machineOf({ machines }: SimCluster, name: string): Machine {
  const machine = machines.get(name);
  if (!machine) throw new Error(`there is no machine ${name}`);
  return machine;
}

type Before = NonNullable<ProcedureOptions['before']>;

/** Long enough for everybody to have seen it. */
const after =
  (change: (cluster: SimCluster, home: Home) => Promise<void> | void): Before =>
  async ({ world, cluster, home }) => {
    await change(cluster, home);
    world.advanceTo(world.now() + SEEN_MS);
  };

/** The machines are without power until `step` waits for them. */
export const withoutPower = (names: readonly string[], step: string): { before: Before; script: readonly [Scene] } => ({
  before: after(cluster => {
    for (const name of names) powerOff(cluster, machineOf(cluster, name));
  }),
  script: [
    {
      when: isStep(step, 'waiting'),
      act: ({ cluster }) => {
        for (const name of names) powerOn(cluster, machineOf(cluster, name));
      },
    },
  ],
});

interface Marks {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** The newest revision of Deployment web, which bears `marks`, has an image that nobody has. */
export const badImageOf = (marks: Marks): Before =>
  after(({ store }) => {
    const found = store.get('deployments.apps', 'web', 'web');
    if (!found) throw new Error('there is no Deployment web');
    const spec = structuredClone(found.spec) as { template: { spec: { containers: { image: string }[] } } };
    for (const container of spec.template.spec.containers) container.image = 'registry.example/web:no-such-tag';
    const generation = (found.metadata.generation ?? 1) + 1;
    const { labels, annotations } = found.metadata;
    const metadata = {
      ...found.metadata,
      generation,
      labels: { ...labels, ...marks.labels },
      annotations: { ...annotations, ...marks.annotations },
    };
    store.replace('deployments.apps', { ...found, metadata, spec });
  });
export const badImage: Before = badImageOf({});

/** Two of three control plane machines lost etcd's data, and there is a snapshot from before. */
export const quorumLost: Before = after(async (cluster, home) => {
  await writeFile(join(home.snapshots, `${cluster.name}.snapshot`), makeSnapshot(cluster));
  for (const name of ['six-cp-2', 'six-cp-3'])
    orderReset(cluster, machineOf(cluster, name), { graceful: false, reboot: true, labels: ['EPHEMERAL'] });
});

/** As `talosctl gen config` makes them, with what a machine needs here. */
const configurationOf = (type: string): string =>
  `version: v1alpha1\nmachine:\n  type: ${type}\n  token: hunter2.secret\n  install:\n    disk: /dev/sda\n    image: factory.talos.dev/metal-installer/${'0'.repeat(64)}:v1.13.9\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.35.4\ncluster:\n  clusterName: six\n`;

/** The configurations that new machines of the cluster are given. */
export async function configurations({ snapshots }: Home): Promise<void> {
  const folder = join(snapshots, 'secrets', 'six');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'control-plane.yaml'), configurationOf('controlplane'));
  await writeFile(join(folder, 'worker.yaml'), configurationOf('worker'));
}

/** Beside two workers; their addresses are those of `SPARES`. */
export const twoSpares: PrepareOptions = {
  furnish: configurations,
  arrange: ({ world }) => void addSpareMachines(world, { cluster: 'six', count: 2 }),
};
export const SPARES = ['10.5.1.3', '10.5.1.4'];
