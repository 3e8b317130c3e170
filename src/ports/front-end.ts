import type { Config } from '../model/config.ts';
import type { Role } from '../model/principal.ts';
import type { Clock, ClusterPorts, Division, Log } from '../ports.ts';
import type { Approvals, Questions } from './approvals.ts';
import type { Budget } from './budget.ts';
import type { Charts } from './charts.ts';
import type { FleetReader } from './fleet-reader.ts';
import type { Handoffs } from './handoffs.ts';
import type { Knowledge } from './knowledge.ts';
import type { PrivateFiles } from './private-files.ts';

/** What a front end is made of; tools, resources and prompts get this and nothing else. */
export interface FrontEnd {
  config: Config;
  clock: Clock;
  log: Log;
  division: Division;
  approvals: Approvals;
  questions: Questions;
  handoffs: Handoffs;
  budget: Budget;
  knowledge: Knowledge;
  privateFiles: PrivateFiles;
  charts: Charts;
  principal: Role;
  /** Current clusters (a simulated division's addresses may change when its simulation restarts). */
  clusters(signal: AbortSignal): Promise<readonly ClusterPorts[]>;
  /** Where backups are proved; undefined: the division has no scratch cluster that it may change. Absent: as if. */
  scratch?(signal: AbortSignal): Promise<ClusterPorts | undefined>;
  /** Reads several clusters at once; undefined or absent: no contractor for that is configured. */
  fleet?(signal: AbortSignal): Promise<FleetReader | undefined>;
  /** Makes sure that an executor is there to take requests; starts one, detached, if not. */
  ensureExecutor(signal: AbortSignal): Promise<void>;
}
