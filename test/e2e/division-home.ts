/** A home of its own for a test: a small simulated fleet at speed, ended with everything that runs in it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import * as z from 'zod';
import { executorOf } from '../../src/division/directory.ts';
import { JournalEntry } from '../../src/model/journal.ts';
import { SimulationConnection } from '../../src/model/simulation-connection.ts';
import { Host } from './host.ts';
import { killAtOnce, sweepProcesses } from './processes.ts';

/** The simulation's own account of what was done to the cluster. */
const Ledger = z.looseObject({
  installs: z.array(z.looseObject({ node: z.string() })),
  reboots: z.array(z.looseObject({ node: z.string() })),
  max_installs_per_boot: z.number(),
  max_reboots_per_boot: z.number(),
  evictions_by_pod_uid: z.record(z.string(), z.number()),
  pdb_violations: z.number(),
  control_plane_overlaps: z.number(),
  etcd_quorum_lost: z.number(),
});
export type Ledger = z.infer<typeof Ledger>;

const World = z.looseObject({
  clusters: z.record(
    z.string(),
    z.looseObject({
      nodes: z.array(
        z.looseObject({
          name: z.string(),
          role: z.string(),
          version: z.string(),
          boot_id: z.string(),
          cordoned: z.boolean(),
          ready: z.boolean(),
        }),
      ),
    }),
  ),
});
export type SimulatedNode = z.infer<typeof World>['clusters'][string]['nodes'][number];

export const CLUSTER = 'staging';

export interface HomeOptions {
  controlPlanes?: number;
  workers?: number;
  /** Pods of workloads, beside what the nodes themselves need. */
  apps?: number;
  /** Its machines are in maintenance, and there is no Kubernetes. */
  awaitsCreation?: boolean;
  /** Cluster seconds a wall second. */
  speed?: number;
}

/** The clock of most tests: faster, and the turns of a busy machine take longer than a drain may. */
const SPEED = 150;

export class Home {
  readonly directory: string;
  readonly division: string;
  readonly environment: Record<string, string>;
  readonly #hosts: Host[] = [];

  constructor(directory: string, environment: Record<string, string>) {
    this.directory = directory;
    this.division = join(directory, 'coordination', 'divisions', 'containers');
    this.environment = environment;
  }

  /** Another host on this home; closed with it. */
  async host(): Promise<Host> {
    const host = await Host.open({ home: this.directory, environment: this.environment });
    this.#hosts.push(host);
    return host;
  }

  async simulation(): Promise<SimulationConnection> {
    const text = await readFile(join(this.directory, 'simulation', 'connection.json'), 'utf8');
    return SimulationConnection.parse(JSON.parse(text));
  }

  /** GET, or POST of `body`, on the simulation's control URL. */
  async control(path: string, body?: Record<string, unknown>): Promise<unknown> {
    const { control: url } = await this.simulation();
    const response = await fetch(new URL(path, url), body && { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async fault(fault: Record<string, unknown>): Promise<void> {
    await this.control('/faults', { cluster: CLUSTER, ...fault });
  }

  async ledger(): Promise<Ledger> {
    return z.record(z.string(), Ledger).parse(await this.control('/ledger'))[CLUSTER] ?? Ledger.parse(undefined);
  }

  async nodes(): Promise<SimulatedNode[]> {
    return World.parse(await this.control('/world')).clusters[CLUSTER]?.nodes ?? [];
  }

  async node(name: string): Promise<SimulatedNode> {
    const node = (await this.nodes()).find(candidate => candidate.name === name);
    if (!node) throw new Error(`there is no node ${name}`);
    return node;
  }

  /** What an operation has written down so far, read from the disk: no front end is asked, so none starts an executor. */
  async journal(id: string): Promise<JournalEntry[]> {
    const text = await readFile(join(this.division, 'operations', id, 'journal.jsonl'), 'utf8').catch(() => '');
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter(line => line !== '').map(line => JournalEntry.parse(JSON.parse(line)));
  }

  /** Waits for a journal entry. */
  written(id: string, isIt: (entry: JournalEntry) => boolean, deadlineMs = 60_000): Promise<JournalEntry> {
    return vi.waitFor(
      async () => {
        const entries = await this.journal(id);
        const found = entries.find(isIt);
        if (!found) throw new Error(`not in the journal of ${id}; last: ${JSON.stringify(entries.at(-1))}`);
        return found;
      },
      { timeout: deadlineMs, interval: 10 },
    );
  }

  /** The executor's process id; throws when there is none. */
  async executorPid(): Promise<number> {
    const pid = (await executorOf(this.division))?.pid;
    if (pid === undefined) throw new Error('no executor runs');
    return pid;
  }

  async remove(): Promise<void> {
    await Promise.allSettled(this.#hosts.map(host => host.close()));
    const pid = (await executorOf(this.division).catch(() => undefined))?.pid;
    if (pid !== undefined) await killAtOnce(pid);
    await this.control('/stop', {}).catch(() => undefined);
    await sweepProcesses(this.directory);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Static pods, daemons and cluster services; the simulation takes no fleet with fewer. */
const podsOfNodes = (controlPlanes: number, workers: number): number => 6 * controlPlanes + 4 * workers + 4;

/** For `beforeAll`; who opens it removes it. */
export async function openHome(options: HomeOptions = {}): Promise<Home> {
  const { controlPlanes = 3, workers = 2, apps = 8, speed = SPEED, awaitsCreation = false } = options;
  const cluster = {
    name: CLUSTER,
    environment: 'staging',
    control_planes: controlPlanes,
    workers,
    ...(awaitsCreation
      ? { awaits_creation: true }
      : { pods: podsOfNodes(controlPlanes, workers) + apps, budgets: 2, utilisation: 0.2 }),
  };
  return openFleet([cluster], speed);
}

async function openFleet(clusters: readonly Record<string, unknown>[], speed = SPEED): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  const fleet = join(directory, 'fleet.json');
  await writeFile(fleet, JSON.stringify({ clusters }));
  return new Home(directory, {
    CONTAINERS_GM_SIMULATION_CLUSTERS: fleet,
    CONTAINERS_GM_SIMULATION_SPEED: String(speed),
  });
}

/** A home with these clusters, as a fleet file has them; removed when the test is over. */
export async function fleetForTest(clusters: readonly Record<string, unknown>[]): Promise<Home> {
  const home = await openFleet(clusters);
  onTestFinished(() => home.remove());
  return home;
}

/** Removed when the test is over, however it ends. */
export async function homeForTest(options: HomeOptions = {}): Promise<Home> {
  const home = await openHome(options);
  onTestFinished(() => home.remove());
  return home;
}

/** The selector that plans one node alone. */
export const onlyNode = (name: string): string => `kubernetes.io/hostname=${name}`;
