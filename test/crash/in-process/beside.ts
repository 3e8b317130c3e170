/** What procedures reach beside an upgrade's ports: workloads, and the division's own records in a real folder. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHandoffs } from '../../../src/division/handoffs/handoffs.ts';
import { openKnowledge } from '../../../src/division/knowledge/knowledge.ts';
import { openManifests } from '../../../src/division/manifests.ts';
import { openPrivateFiles } from '../../../src/division/private-files.ts';
import { openRecoveryFiles } from '../../../src/division/recovery-files.ts';
import { openReports } from '../../../src/division/reports.ts';
import { TokenLedger } from '../../../src/division/token-ledger/token-ledger.ts';
import type { KubernetesApi } from '../../../src/kubernetes/api-call.ts';
import { ResourceMap } from '../../../src/kubernetes/objects/resource-map.ts';
import { workloadReader } from '../../../src/kubernetes/objects/workload-reader.ts';
import { workloadWriter } from '../../../src/kubernetes/objects/workload-writer.ts';
import { symptomReader } from '../../../src/kubernetes/symptoms/symptom-reader.ts';
import { usageReader } from '../../../src/kubernetes/usage-reader.ts';
import { type ClusterConfig, DivisionYaml } from '../../../src/model/config.ts';
import type { HandoffReading } from '../../../src/model/handoff.ts';
import type { ProcedurePorts } from '../../../src/operations/steps/step.ts';
import type { Clock, ClusterPorts, ClusterWriters, DivisionWriter, Log } from '../../../src/ports.ts';
import type { Life } from './life.ts';

export interface Beside {
  ports: Required<Pick<ClusterPorts, 'workloads' | 'usage' | 'symptoms'>>;
  writers: Pick<ClusterWriters, 'workloads' | 'manifests'>;
  procedures: ProcedurePorts;
}

interface Made {
  api: KubernetesApi;
  config: ClusterConfig;
  division: DivisionWriter;
  clock: Clock;
  log: Log;
  life: Life;
}

export type MakeBeside = (made: Made) => Beside;

/** Every port of a record, with its calls counted under its name there. */
export function countedEach<Ports extends object>(life: Life, ports: Ports): Ports {
  const named = Object.entries(ports).map(([name, port]) => [name, life.counted(name, port as object)]);
  return Object.fromEntries(named) as Ports;
}

/** A folder of the host for what is kept outside of the division's journals; `remove` takes it away. */
export interface Home {
  directory: string;
  snapshots: string;
  /** Handoffs that were sent, as they lie there. */
  sent(): Promise<HandoffReading[]>;
  remove(): Promise<void>;
}

const unlogged: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export async function aHome(): Promise<Home> {
  const home = await mkdtemp(join(tmpdir(), 'containers-gm-procedure-'));
  const directory = join(home, 'coordination', 'divisions', 'containers');
  const snapshots = join(home, 'snapshots');
  await mkdir(directory, { recursive: true });
  await mkdir(snapshots);
  return {
    directory,
    snapshots,
    sent: async () => {
      const clock: Clock = { now: () => Date.now(), sleep: async () => undefined };
      const { handoffs } = await openHandoffs(directory, { clock, log: unlogged }).outgoing();
      return handoffs.map(({ reading }) => reading);
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

export const besideIn =
  ({ directory, snapshots }: Home): MakeBeside =>
  ({ api, config, division, clock, log, life }) => {
    const resources = new ResourceMap(api);
    const { thresholds, budget: allotment } = DivisionYaml.parse({ clusters: {} });
    const kept = {
      handoffs: openHandoffs(directory, { clock, log }),
      privateFiles: openPrivateFiles(snapshots),
      recoveryFiles: openRecoveryFiles({ snapshots, secrets: join(snapshots, 'secrets') }),
      reports: openReports(directory),
      knowledge: openKnowledge(directory, { log }),
      budget: new TokenLedger(directory, { allotment, timezone: 'UTC', now: () => clock.now(), log }),
    };
    return {
      ports: {
        workloads: workloadReader(api, resources),
        usage: usageReader(api, resources),
        symptoms: symptomReader(api),
      },
      writers: { workloads: workloadWriter(api, resources, config), manifests: openManifests(snapshots) },
      procedures: {
        ...countedEach(life, kept),
        division,
        snapshotDirectory: snapshots,
        secretsDirectory: join(snapshots, 'secrets'),
        thresholds,
        leadDays: 14,
        hasApprovers: true,
      },
    };
  };
