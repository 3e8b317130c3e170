/** A stage whose Kubernetes is the simulated API served over HTTP, asked by the product's own client, watch cache and writer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openApprovals } from '../../../src/division/approvals.ts';
import { openDivision, openDivisionWriter } from '../../../src/division/directory.ts';
import { readJournal } from '../../../src/division/journal.ts';
import { layoutOf } from '../../../src/division/layout.ts';
import { type ClusterConnection, connectCluster } from '../../../src/kubernetes/connect.ts';
import type { ClusterConfig } from '../../../src/model/config.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { LocalEngine } from '../../../src/operations/engines/local.ts';
import type { ClusterWatch } from '../../../src/ports/cluster-watch.ts';
import type { Division } from '../../../src/ports.ts';
import { type KubernetesApi, serveKubernetesApi } from '../../../src/simulation/kubernetes-api/server.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld, WorldImage } from '../../../src/simulation/world/world.ts';
import { noWorkloads, noWorkloadWriters } from '../../operations/no-workloads.ts';
import { contractorActor, contractorReader } from '../in-process/contractor-ports.ts';
import { configOf, copied, worldFrom } from '../in-process/fleet.ts';
import { MemoryDisk } from '../in-process/memory-disk.ts';
import { DIRECTORY, SNAPSHOTS, silent } from '../in-process/prepared-upgrade.ts';
import { Timekeeper } from '../in-process/timekeeper.ts';
import { WorldContractor } from '../in-process/world-contractor.ts';

/** Cluster time in an answer's delay that takes a wall second. */
const SPEED = 1_000;

interface Served {
  world: SavedWorld;
  cluster: SimCluster;
  api: KubernetesApi;
  folder: string;
}

export class ServedStage {
  readonly world: SavedWorld;
  readonly cluster: SimCluster;
  readonly contractor: WorldContractor;
  readonly #api: KubernetesApi;
  readonly #folder: string;
  readonly #config: ClusterConfig;
  readonly #time: Timekeeper;
  readonly #disk = new MemoryDisk();
  #connection: ClusterConnection | undefined;
  /** Calls of Kubernetes that are not answered yet. */
  #awaited = 0;

  private constructor({ world, cluster, api, folder }: Served, config: ClusterConfig) {
    this.world = world;
    this.cluster = cluster;
    this.contractor = new WorldContractor(world, 'first-party');
    this.#api = api;
    this.#folder = folder;
    this.#config = config;
    this.#time = new Timekeeper(world, this.contractor);
    // A request that somebody waits for takes wall time, in which the cluster's stands still.
    this.#time.interlude = async () => {
      if (this.#awaited > 0) await pause(0);
    };
  }

  /** `servers`: the control plane nodes whose API server is known; by default all of them. */
  static async open(image: WorldImage, servers?: readonly string[]): Promise<ServedStage> {
    const { world, cluster } = worldFrom(copied(image));
    const api = await serveKubernetesApi(cluster, { wallDelay: ms => ms / SPEED });
    const folder = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
    const kubeconfig = join(folder, 'kubeconfig');
    const known = [...api.servers].filter(([node]) => servers?.includes(node) ?? true).map(([, url]) => url);
    await writeFile(kubeconfig, kubeconfigOf(cluster.name, known[0] ?? api.vip));
    const config = { ...configOf(cluster), kubernetes: { kubeconfig, context: cluster.name, servers: known } };
    return new ServedStage({ world, cluster, api, folder }, config);
  }

  front(): Promise<Division> {
    return openDivision(DIRECTORY, { clock: this.#time.clock, log: silent, fileSystem: this.#disk });
  }

  async records(): Promise<{ operation: Operation; journal: readonly JournalEntry[] }> {
    const { operations } = await (await this.front()).operations();
    const [operation] = operations;
    if (operation === undefined) throw new Error('there is no record of the operation');
    const { entries } = await readJournal(this.#disk, layoutOf(DIRECTORY).journal(operation.operation_id));
    return { operation, journal: entries };
  }

  /** One executor, until nothing is left to do and `mayGoOn` says no. */
  async live(_stop: undefined, mayGoOn: () => Promise<boolean>): Promise<void> {
    const engine = await this.#engine();
    for (let isMore = true; isMore; isMore = await mayGoOn()) {
      let taken = false;
      const failures: unknown[] = [];
      engine.takeRequests().then(
        () => {
          taken = true;
        },
        (error: unknown) => failures.push(error),
      );
      await this.#time.until(() => failures.length > 0 || (taken && engine.busy === 0));
      if (failures.length > 0) throw failures[0];
    }
  }

  async #engine(): Promise<LocalEngine> {
    const { clock } = this.#time;
    const fileSystem = this.#disk;
    this.#connection = await connectCluster(this.#config, { clock, log: silent });
    const { reader, writer, watch } = this.#connection;
    const around: ClusterWatch['around'] = (node, signal) => watch.around(node, signal);
    const cluster = {
      ports: {
        config: this.#config,
        kubernetes: this.#counted(reader),
        workloads: noWorkloads(this.#config.name),
        talos: contractorReader(this.world, this.#config, this.contractor),
        watch: { hold: () => watch.hold(), facts: () => watch.facts(), around: this.#counted({ around }).around },
      },
      writers: {
        ...noWorkloadWriters(this.#config.name),
        kubernetes: this.#counted(writer),
        talos: contractorActor(this.world, this.#config, this.contractor),
      },
    };
    return new LocalEngine({
      division: await openDivisionWriter(DIRECTORY, { clock, log: silent, fileSystem }),
      approvals: openApprovals(DIRECTORY, { approvers: [], log: silent, fileSystem }),
      clock,
      log: silent,
      snapshotDirectory: SNAPSHOTS,
      cluster: name => (name === this.#config.name ? cluster : undefined),
    });
  }

  #counted<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]): Promise<unknown> => {
          this.#awaited += 1;
          try {
            return await (Reflect.apply(value, target, given) as Promise<unknown>);
          } finally {
            this.#awaited -= 1;
          }
        };
      },
    });
  }

  async close(): Promise<void> {
    this.#connection?.close();
    await this.#api.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const kubeconfigOf = (name: string, server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
