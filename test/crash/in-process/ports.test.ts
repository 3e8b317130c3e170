/** The ports that the sweep stands on: each says what the product's own adapter reads off the simulation's faces. */
import { describe, expect, it } from 'vitest';
import { clusterReader } from '../../../src/kubernetes/cluster-reader.ts';
import type { TalosTarget } from '../../../src/ports.ts';
import type { SavedWorld } from '../../../src/simulation/world/world.ts';
import { type Command, commands } from '../../../src/talosctl/argv.ts';
import { readBootId } from '../../../src/talosctl/readers/boot-id.ts';
import { readEtcdAlarms } from '../../../src/talosctl/readers/etcd-alarms.ts';
import { readEtcdMembers } from '../../../src/talosctl/readers/etcd-members.ts';
import { readEtcdStatus } from '../../../src/talosctl/readers/etcd-status.ts';
import { readExtensions } from '../../../src/talosctl/readers/extensions.ts';
import { readMachineStatus } from '../../../src/talosctl/readers/machine-status.ts';
import { readNodename } from '../../../src/talosctl/readers/nodename.ts';
import { readPlatform } from '../../../src/talosctl/readers/platform.ts';
import { readIsSecureBoot } from '../../../src/talosctl/readers/security-state.ts';
import { readSystemUuid } from '../../../src/talosctl/readers/system-information.ts';
import { readServerVersion } from '../../../src/talosctl/readers/version.ts';
import { contractorReader } from './contractor-ports.ts';
import { type DivisionRun, runDivision, runOnFrom, visitMoments } from './division.ts';
import { configOf, copied, worldFrom } from './fleet.ts';
import { silent } from './prepared-upgrade.ts';
import type { Moment } from './stage.ts';
import { Timekeeper } from './timekeeper.ts';
import { worldApi } from './world-api.ts';
import { WorldContractor } from './world-contractor.ts';
import { worldReader } from './world-reader.ts';
import { talosctl } from './world-talosctl.ts';

const { signal } = new AbortController();

/** From here on an install is a talosctl at work for most of a minute. */
const talosVersion = 'v1.13.7';

/** Some moments of an upgrade: machines away, pods terminating, nodes cordoned, a talosctl at work. */
const moments: { call: number; moment: Moment }[] = [];
let whole: Promise<DivisionRun> | undefined;

async function someMoments(): Promise<typeof moments> {
  whole ??= visitMoments({ talosVersion }, 'before', async (call, moment) => {
    if (call % 41 === 0) moments.push({ call, moment });
  });
  await whole;
  return moments;
}

const worldAt = ({ moment }: { moment: Moment }) => worldFrom(copied(moment.image));

describe('Kubernetes, straight from the store', () => {
  it('is what the client reads through the API', async () => {
    for (const at of await someMoments()) {
      const { world, cluster } = worldAt(at);
      const config = configOf(cluster);
      const time = new Timekeeper(world, { running: 0, awaited: 0 });
      const api = worldApi(cluster, config, { clock: time.clock, log: silent, guard: act => act() });
      const [client, direct] = [clusterReader(api, time.clock), worldReader(cluster, config)];
      expect(await direct.facts(signal)).toEqual(await client.facts(signal));
      for (const name of cluster.machines.keys()) {
        expect(await direct.node(name, signal)).toEqual(await client.node(name, signal));
      }
    }
    expect(moments.length).toBeGreaterThan(10);
  }, 120_000);
});

/** The text of a command for a machine; undefined when it failed. */
async function textOf(world: SavedWorld, target: TalosTarget, command: Command): Promise<string | undefined> {
  const said = await talosctl(world, target, command, signal);
  return said.exitCode === 0 ? said.stdout : undefined;
}

async function readOr<T>(text: Promise<string | undefined>, read: (text: string) => T): Promise<T | undefined> {
  const said = await text;
  return said === undefined ? undefined : read(said);
}

describe('Talos, straight from the machines', () => {
  it('is what the contractor’s readers make of talosctl', async () => {
    let answered = 0;
    for (const at of await someMoments()) {
      const { world, cluster } = worldAt(at);
      const config = configOf(cluster);
      const direct = contractorReader(world, config, new WorldContractor(world, 'first-party'));
      const planes = config.talos.endpoints;
      for (const { ip: address, role } of cluster.machines.values()) {
        const target = { address, endpoints: planes.filter(plane => plane !== address) };
        const ask = <T>(command: Command, read: (text: string) => T) => readOr(textOf(world, target, command), read);
        const machine = await direct.machine(target, signal).catch(() => undefined);
        const version = await ask(commands.version(), readServerVersion);
        expect(machine?.version).toBe(version?.server);
        if (machine === undefined) continue;
        answered += 1;
        const status = await ask(commands.get('machinestatus'), readMachineStatus);
        const extensions = await ask(commands.get('extensions'), readExtensions);
        expect(machine).toEqual({
          address,
          nodename: await ask(commands.get('nodename'), readNodename),
          version: version?.server,
          bootId: await ask(commands.bootId(), readBootId),
          systemUuid: await ask(commands.get('systeminformation'), readSystemUuid),
          stage: status?.stage,
          ready: status?.isReady,
          ...extensions,
          platform: await ask(commands.get('platformmetadata'), readPlatform),
          isSecureBoot: await ask(commands.get('securitystate'), readIsSecureBoot),
          error: undefined,
        });
        if (role !== 'controlplane') continue;
        const view = await direct.etcd(target, signal);
        const told = await ask(commands.etcdStatus(), readEtcdStatus);
        expect(view.members).toEqual(await ask(commands.etcdMembers(), readEtcdMembers));
        expect(view.alarms).toEqual(await ask(commands.etcdAlarms(), readEtcdAlarms));
        expect(view.status && { ...view.status, dbSizeBytes: told?.dbSizeBytes }).toEqual(told);
      }
    }
    expect(answered).toBeGreaterThan(50);
  }, 120_000);
});

describe('a moment that is gone on from', () => {
  /** But for the reads that were counted before it: a copy of what is under way does not repeat them. */
  const done = ({ api_requests: _reads, talosctl_calls: _calls, ...ledger }: DivisionRun['ledger']) => ledger;

  it('ends as a run of its own that is ended there does', async () => {
    let underWay = 0;
    const compared = (await someMoments()).filter(
      ({ moment }, index) => index % 6 === 0 || moment.underWay !== undefined,
    );
    for (const { call, moment } of compared) {
      const own = await runDivision({ talosVersion, stopAt: { call, when: 'before', isPowerCut: false } });
      const copy = { ...moment, image: copied(moment.image), disk: moment.disk.copy() };
      const gone = await runOnFrom(copy, { talosVersion });
      expect(done(gone.ledger)).toEqual(done(own.ledger));
      expect(gone.journal).toEqual(own.journal);
      expect(gone.operation).toEqual(own.operation);
      if (moment.underWay !== undefined) underWay += 1;
    }
    expect(underWay).toBeGreaterThan(0);
  }, 120_000);
});
