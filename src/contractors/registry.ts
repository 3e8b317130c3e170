import { DivisionError } from '../errors.ts';
import type { ClusterConfig, Config, McpServerEntry } from '../model/config.ts';
import type { Clock, Log } from '../ports.ts';
import { Connection, type ConnectionLimits, defaultLimits } from './connection.ts';
import { Contractor } from './contractor.ts';
import { TalosActor } from './contractor-actor.ts';
import { TalosReader } from './contractor-reader.ts';
import { UsageMeter } from './usage.ts';

export interface Contractors {
  /**
   * A cluster's reader and actor; nothing is started yet. Clusters that name the same entry and talosconfig share one
   * process. [INPUT_INVALID: no such entry] Entries that start this server itself are left out of the
   * configuration (config/own-program.ts)
   */
  forCluster(cluster: ClusterConfig): { reader: TalosReader; actor: TalosActor };
  /** Ends every contractor; what our own has dispatched runs on without it (SAFETY 3). */
  close(): Promise<void>;
}

export interface ContractorsOptions {
  /** Where our own contractor keeps attempt receipts; made by it. */
  receiptsDirectory: string;
  /** Where files with secrets lie that our own contractor sends or writes; without it it does neither. */
  secretsDirectory?: string;
  clock: Clock;
  log: Log;
  limits?: Partial<ConnectionLimits>;
}

export function openContractors(config: Pick<Config, 'contractors'>, options: ContractorsOptions): Contractors {
  const opened = new Map<string, { connection: Connection; contractor: Contractor }>();

  function open(name: string, talosconfig: string): Contractor {
    const key = JSON.stringify([name, talosconfig]);
    const known = opened.get(key);
    if (known) return known.contractor;
    const entry = usableEntry(config, name);
    const launch = {
      command: entry.command,
      args: entry.args,
      env: {
        ...entry.env,
        TALOSCONFIG: talosconfig,
        GM_RECEIPTS_DIR: options.receiptsDirectory,
        ...(options.secretsDirectory !== undefined && { GM_SECRETS_DIR: options.secretsDirectory }),
      },
      cwd: typeof entry.cwd === 'string' ? entry.cwd : undefined,
    };
    const limits = { ...defaultLimits, ...options.limits };
    const connection = new Connection(name, launch, { log: options.log, limits });
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
    async close() {
      await Promise.all([...opened.values()].map(({ connection }) => connection.close()));
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
