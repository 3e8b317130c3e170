/** One run's world, disk and contractor, on which executors live one after another. */
import { openApprovals } from '../../../src/division/approvals.ts';
import { openDivision, openDivisionWriter } from '../../../src/division/directory.ts';
import { readJournal } from '../../../src/division/journal.ts';
import { layoutOf } from '../../../src/division/layout.ts';
import { clusterWriter } from '../../../src/kubernetes/cluster-writer.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { LocalEngine } from '../../../src/operations/engines/local.ts';
import type { ClusterWatch } from '../../../src/ports/cluster-watch.ts';
import type { Division, Log } from '../../../src/ports.ts';
import type { SimCluster } from '../../../src/simulation/world/cluster.ts';
import type { SavedWorld, WorldImage } from '../../../src/simulation/world/world.ts';
import { noWorkloads, noWorkloadWriters } from '../../operations/no-workloads.ts';
import { countedEach, type MakeBeside } from './beside.ts';
import { contractorActor, contractorReader } from './contractor-ports.ts';
import { configOf, copied, worldFrom } from './fleet.ts';
import { Life, type LifeEvents, type Stop } from './life.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DIRECTORY, SNAPSHOTS, silent } from './prepared-upgrade.ts';
import { Timekeeper } from './timekeeper.ts';
import { worldApi } from './world-api.ts';
import { type ContractorKind, copyOf, type KeptByContractor, type Order, WorldContractor } from './world-contractor.ts';
import { type WorldReader, worldReader } from './world-reader.ts';

const layout = layoutOf(DIRECTORY);

/** Everything outside of the executor at one moment. */
export interface Moment {
  image: WorldImage;
  disk: MemoryDisk;
  contractor: KeptByContractor;
  /**
   * A talosctl at work, which has no copy: world and contractor are from before its order, which is to be given again, and what has
   * passed since is to pass again. Nobody else touches the world meanwhile, so it comes to the same.
   */
  underWay?: { order: Order; until: number; mark: string };
}

export interface StageOptions {
  /** By default there is nothing beside: only upgrades are run. */
  beside?: MakeBeside;
  contractor?: ContractorKind;
  /** What happens to the contractor when the executor dies. */
  atDeath?: (contractor: WorldContractor) => void;
  /** A watch cache, given what it could be made of. By default there is none. */
  watch?: (reader: WorldReader) => ClusterWatch;
}

/** Only `around` is a call: the rest is known without one. */
const countedWatch = (life: Life, watch: ClusterWatch): ClusterWatch => ({
  hold: () => watch.hold(),
  facts: () => watch.facts(),
  around: (node, signal) => life.call('watch.around', () => watch.around(node, signal)),
});

export class Stage {
  readonly world: SavedWorld;
  readonly cluster: SimCluster;
  readonly contractor: WorldContractor;
  readonly time: Timekeeper;
  readonly lives: Life[] = [];
  /** Errors that the product logged. */
  readonly errors: string[] = [];
  readonly #disk: MemoryDisk;
  readonly #log: Log;
  readonly #options: StageOptions;
  readonly #ports;
  readonly #watch: ClusterWatch | undefined;
  #living: LocalEngine | undefined;
  #ordered: (Pick<Moment, 'image' | 'contractor'> & { order: Order }) | undefined;

  /** Begins with a fleet and an empty disk, or goes on from a moment, which is its own from then on. */
  constructor(from: Pick<Moment, 'image'> | Moment, options: StageOptions) {
    const isMoment = 'disk' in from;
    const { world, cluster } = worldFrom(isMoment ? from.image : copied(from.image));
    this.world = world;
    this.cluster = cluster;
    const kind = options.contractor ?? 'first-party';
    this.contractor = new WorldContractor(world, kind, isMoment ? from.contractor : undefined);
    this.#disk = isMoment ? from.disk : new MemoryDisk();
    this.time = new Timekeeper(world, this.contractor);
    this.#options = options;
    this.#log = {
      ...silent,
      error: (event, fields) => {
        const { error } = fields ?? {};
        this.errors.push(`${event} ${error instanceof Error ? error.stack : JSON.stringify(fields)}`);
      },
    };
    const config = configOf(cluster);
    this.#ports = {
      config,
      kubernetes: worldReader(cluster, config),
      talos: contractorReader(world, config, this.contractor),
      actor: contractorActor(world, config, this.contractor),
    };
    this.#watch = options.watch?.(this.#ports.kubernetes);
  }

  /** From now on `moment` can be asked for at any time. */
  remember(): void {
    this.contractor.onOrder = order => {
      this.#ordered = { order, image: copied(this.world.image()), contractor: this.contractor.kept() };
    };
  }

  /** This moment, to be gone on from elsewhere. */
  moment(): Moment {
    const disk = this.#disk.copy();
    if (this.contractor.running === 0) {
      return { image: copied(this.world.image()), disk, contractor: this.contractor.kept() };
    }
    if (this.#ordered === undefined) throw new Error('what was before this talosctl is not remembered');
    const { order, image, contractor } = this.#ordered;
    const underWay = { order, until: this.world.now(), mark: this.#mark() };
    return { image: copied(image), disk, contractor: copyOf(contractor), underWay };
  }

  /** A stage at the moment, which is its own from then on. Rejects when what was under way came to something else. */
  static async at(moment: Moment, options: StageOptions): Promise<Stage> {
    const stage = new Stage(moment, options);
    const { underWay } = moment;
    if (underWay === undefined) return stage;
    const { order, until, mark } = underWay;
    await stage.contractor.dispatch(order);
    await stage.time.pass(until - stage.world.now());
    const receipt = stage.contractor.receipt(order.attemptId);
    // One that ended in this very instant may have been at work still when the moment was taken.
    const hasJustEnded = receipt.state === 'exited' && Date.parse(receipt.exitedAt) === until;
    const isAtWork = stage.contractor.running > 0 || hasJustEnded;
    if (!isAtWork || stage.#mark() !== mark) throw new Error('a talosctl that was copied did something else');
    return stage;
  }

  /** Another text when the world is another. */
  #mark(): string {
    const { store, draw } = this.cluster;
    return `${this.world.now()} ${store.resourceVersion} ${draw.state}`;
  }

  /** A front end's side of the directory: it is there whatever happens to executors. */
  front(): Promise<Division> {
    return openDivision(DIRECTORY, { clock: this.time.clock, log: this.#log, fileSystem: this.#disk });
  }

  cutPower(): void {
    this.#disk.cutPower();
  }

  /**
   * One executor from its start to its death, or until nothing is left to do and `mayGoOn` says no; after a yes it takes requests
   * again.
   */
  async live(stop: Stop | undefined, mayGoOn: () => Promise<boolean>, events: LifeEvents = {}): Promise<Life> {
    const life = new Life(stop, {
      ...events,
      died: ({ isPowerCut = true }) => {
        this.time.forgetSleepers();
        this.#options.atDeath?.(this.contractor);
        if (isPowerCut) this.#disk.cutPower();
      },
    });
    this.lives.push(life);
    const engine = await this.#engine(life);
    this.#living = engine;
    for (let work = engine.resume(); ; work = Promise.resolve()) {
      await this.#doneOrDead(life, engine, work);
      if (life.isDead || !(await mayGoOn())) return life;
    }
  }

  /** What was asked for meanwhile gets to the executor that lives. */
  async takeRequests(): Promise<void> {
    await this.#living?.takeRequests();
  }

  async #doneOrDead(life: Life, engine: LocalEngine, before: Promise<void>): Promise<void> {
    let isTaken = false;
    const failures: unknown[] = [];
    before
      .then(() => engine.takeRequests())
      .then(
        () => {
          isTaken = true;
        },
        (error: unknown) => failures.push(error),
      );
    const isOver = (): boolean =>
      life.isDead || life.isEndless || failures.length > 0 || (isTaken && engine.busy === 0);
    await this.time.until(isOver);
    if (life.isEndless) throw new Error(`it comes to no end; its last calls: ${life.calls.slice(-12).join(', ')}`);
    if (failures.length > 0) throw failures[0];
  }

  async #engine(life: Life): Promise<LocalEngine> {
    await this.#unlock();
    const clock = life.clockOf(this.time.clock);
    const log = this.#log;
    const { config, kubernetes, talos, actor } = this.#ports;
    const api = worldApi(this.cluster, config, { clock, log, guard: act => life.guard(act) });
    const fileSystem = life.diskOf(this.#disk);
    const held = await openDivisionWriter(DIRECTORY, { clock, log, fileSystem });
    const division = life.counted('division', held);
    const beside = this.#options.beside?.({ api, config, division, clock, log, life });
    const cluster = {
      ports: {
        config,
        kubernetes: life.counted('kubernetes', kubernetes),
        workloads: noWorkloads(config.name),
        talos: life.counted('talos', talos),
        ...(this.#watch && { watch: countedWatch(life, this.#watch) }),
        ...(beside && countedEach(life, beside.ports)),
      },
      writers: {
        ...noWorkloadWriters(config.name),
        ...(beside && countedEach(life, beside.writers)),
        kubernetes: life.counted('kubernetes', clusterWriter(api, config, clock)),
        talos: life.counted('talos', actor),
      },
    };
    const approvals = openApprovals(DIRECTORY, { approvers: [], log, fileSystem });
    return new LocalEngine({
      division,
      approvals: life.counted('approvals', approvals),
      clock,
      log,
      snapshotDirectory: SNAPSHOTS,
      ...(beside && { procedures: beside.procedures }),
      cluster: name => (name === config.name ? cluster : undefined),
    });
  }

  /** The process that holds the lock is this one and lives: only here it counts as dead. */
  async #unlock(): Promise<void> {
    if ((await this.#disk.kind(layout.operations)) === undefined) return;
    const locks = (await this.#disk.names(layout.operations)).filter(name => name.startsWith('executor.lock.'));
    for (const name of locks) await this.#disk.remove(`${layout.operations}/${name}`);
  }

  /** The one operation's record and journal as they are on disk. */
  async records(): Promise<{ operation: Operation; journal: readonly JournalEntry[] }> {
    const { operations, corrupt } = await (await this.front()).operations();
    const [operation] = operations;
    if (operation === undefined) throw new Error(`there is no record of the operation; ${corrupt.join()}`);
    const { entries } = await readJournal(this.#disk, layout.journal(operation.operation_id));
    return { operation, journal: entries };
  }
}
