import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Operation } from '../../model/operation.ts';
import { SimulationConnection } from '../../model/simulation-connection.ts';

/** The simulation's own record of what was done to it: it judges, not we. */
const Ledger = z.record(
  z.string(),
  z.looseObject({
    max_installs_per_boot: z.number(),
    max_reboots_per_boot: z.number(),
    evictions_accepted: z.number(),
    evictions_refused: z.number(),
    pdb_violations: z.number(),
    control_plane_overlaps: z.number(),
    etcd_quorum_lost: z.number(),
  }),
);
export type Ledger = z.infer<typeof Ledger>;

export interface Verdict {
  passed: boolean;
  simulated: true;
  operation_id: string;
  status: string;
  nodes_done: number;
  nodes_total: number;
  minutes: number;
  minutes_lower_bound: number;
  evictions: number;
  evictions_refused: number;
  pdb_violations: number;
  control_plane_overlaps: number;
  etcd_quorum_lost: number;
  max_installs_per_boot: number;
  max_reboots_per_boot: number;
  /** Executors killed -9, each right after a journal write. */
  kills: number;
  /** Entries of the operation's journal, over all lives. */
  journal_writes: number;
  result_summary: string;
}

export async function readLedger(simulationDirectory: string): Promise<Ledger> {
  const connection = SimulationConnection.parse(
    JSON.parse(await readFile(join(simulationDirectory, 'connection.json'), 'utf8')),
  );
  const response = await fetch(new URL('/ledger', connection.control), { signal: AbortSignal.timeout(10_000) });
  return Ledger.parse(await response.json());
}

export function verdictOf(operation: Operation, ledger: Ledger, kills: number): Verdict {
  const clusters = Object.values(ledger);
  const sum = (
    field:
      | 'evictions_accepted'
      | 'evictions_refused'
      | 'pdb_violations'
      | 'control_plane_overlaps'
      | 'etcd_quorum_lost',
  ) => clusters.reduce((total, cluster) => total + cluster[field], 0);
  const most = (field: 'max_installs_per_boot' | 'max_reboots_per_boot') =>
    Math.max(0, ...clusters.map(cluster => cluster[field]));
  const figures = {
    pdb_violations: sum('pdb_violations'),
    control_plane_overlaps: sum('control_plane_overlaps'),
    etcd_quorum_lost: sum('etcd_quorum_lost'),
    max_installs_per_boot: most('max_installs_per_boot'),
    max_reboots_per_boot: most('max_reboots_per_boot'),
  };
  const isClean =
    figures.pdb_violations === 0 &&
    figures.control_plane_overlaps === 0 &&
    figures.etcd_quorum_lost === 0 &&
    figures.max_installs_per_boot <= 1 &&
    figures.max_reboots_per_boot <= 1;
  return {
    passed: operation.status === 'succeeded' && isClean,
    simulated: true,
    operation_id: operation.operation_id,
    status: operation.status,
    nodes_done: operation.progress.done,
    nodes_total: operation.progress.total,
    minutes: operation.metrics.minutes,
    minutes_lower_bound: operation.metrics.minutes_lower_bound,
    evictions: sum('evictions_accepted'),
    evictions_refused: sum('evictions_refused'),
    ...figures,
    kills,
    journal_writes: operation.sequence,
    result_summary: operation.result_summary,
  };
}
