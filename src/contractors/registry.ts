import { MULTI_CLUSTER } from '../decisions/contractor-routing.ts';
import { DivisionError } from '../errors.ts';
import type { ClusterConfig, Config, McpServerEntry } from '../model/config.ts';
import type { Clock, Log } from '../ports.ts';
import { Connection, type ConnectionLimits, defaultLimits } from './connection.ts';
import { Contractor } from './contractor.ts';
import { TalosActor } from './contractor-actor.ts';
import { TalosReader } from './contractor-reader.ts';
import { FleetContractor } from './fleet-contractor.ts';
import { UsageMeter } from './usage.ts';

export interface Contractors {
  /**
   * A cluster's reader and actor; nothing is started yet. Clusters that name the same entry and talosconfig share one
   * process. [INPUT_INVALID: no such entry] Entries that start this server itself are left out of the
   * configuration (config/own-program.ts)
   */
  forCluster(cluster: ClusterConfig): { reader: TalosReader; actor: TalosActor };
  /** The contractor over several clusters; undefined where none is configured. It is started by its first call. */
  forSeveral(): { reader: FleetContractor; usage: UsageMeter } | undefined;
  /** Ends every contractor; what our own has dispatched runs on without it (SAFETY 3). */
  close(): Promise<void>;
}

export interface ContractorsOptions {
  /** Where our own contractor keeps attempt receipts; made by it. */
  receiptsDirectory: string;
  /** Where files with secrets lie that our own contractor sends or writes; without it it does neither. */
  secretsDirectory?: string;
  /** What a program of ours reads its configuration from. */
  ownEnvironment?: Readonly<Record<string, string>>;
  clock: Clock;
  log: Log;
  limits?: Partial<ConnectionLimits>;
}

export function openContractors(config: Pick<Config, 'contractors'>, options: ContractorsOptions): Contractors {
  const opened = new Map<string, { connection: Connection; contractor: Contractor }>();
  let several: { connection: Connection; reader: FleetContractor; usage: UsageMeter } | undefined;

  function connectionTo(name: string, env: Readonly<Record<string, string>>): Connection {
    const { command, args, cwd } = usableEntry(config, name);
    const launch = { command, args, env, cwd: typeof cwd === 'string' ? cwd : undefined };
    return new Connection(name, launch, { log: options.log, limits: { ...defaultLimits, ...options.limits } });
  }

  function open(name: string, talosconfig: string): Contractor {
    const key = JSON.stringify([name, talosconfig]);
    const known = opened.get(key);
    if (known) return known.contractor;
    const connection = connectionTo(name, {
      ...usableEntry(config, name).env,
      TALOSCONFIG: talosconfig,
      GM_RECEIPTS_DIR: options.receiptsDirectory,
      ...(options.secretsDirectory !== undefined && { GM_SECRETS_DIR: options.secretsDirectory }),
    });
    const contractor = new Contractor(connection, options.clock);
    opened.set(key, { connection, contractor });
    return contractor;
  }

  return {
    forCluster(cluster) {
      const contractor = open(cluster.talos.contractor, cluster.talos.talosconfig);
      const usage = new UsageMeter();
      return {
        reader: new TalosReader(contractor, cluster, usage),
        actor: new TalosActor(contractor, cluster, usage),
      };
    },
    forSeveral() {
      if (several === undefined && Object.hasOwn(config.contractors, MULTI_CLUSTER)) {
        // Our own reads the same division.yaml, or finds the same simulation; what the entry says of it comes first.
        const env = { ...options.ownEnvironment, ...usableEntry(config, MULTI_CLUSTER).env };
        const connection = connectionTo(MULTI_CLUSTER, env);
        const usage = new UsageMeter();
        several = { connection, reader: new FleetContractor(connection, usage), usage };
      }
      return several;
    },
    async close() {
      const connections = [...opened.values(), ...(several ? [several] : [])];
      await Promise.all(connections.map(({ connection }) => connection.close()));
    },
  };
}

function usableEntry(config: Pick<Config, 'contractors'>, name: string): McpServerEntry {
  const entry = Object.hasOwn(config.contractors, name) ? config.contractors[name] : undefined;
  if (!entry) {
    const names = Object.keys(config.contractors);
    throw new DivisionError(
      'INPUT_INVALID',
      `mcp.json has no entry "${name}" under mcpServers to be the contractor`,
      names.length === 0
        ? `Add one to mcp.json: "${name}": {"command": "containers-gm", "args": ["contractor", "talos"]}.`
        : `Add it to mcp.json, or name one of ${names.join(', ')} in talos.contractor of division.yaml.`,
      { exitCode: 2 },
    );
  }
  return entry;
}
