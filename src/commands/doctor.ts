import { openFrontEnd } from '../compose/front-end.ts';
import { probeDirectory } from '../division/probe.ts';
import { DivisionError } from '../errors.ts';
import { createLog } from '../observability/log.ts';
import type { UsageHistory } from '../ports/usage-history.ts';
import type { ClusterPorts, Division, FrontEnd } from '../ports.ts';
import { type CommandOptions, configOf, optionArguments } from './command-options.ts';
import { checkAuditTrail } from './doctor/audit.ts';

interface Finding {
  subject: string;
  problem?: string;
  remedy?: string;
}

const DEADLINE_MS = 60_000;
const UNREADABLE_REMEDY =
  'restore it from a backup or move it away; where a newer version is named, upgrade this containers-gm instead';

/** Checks configuration, directory, contractors and clusters: a line each; exit code 1 when one has a remedy. */
export async function doctor(options: CommandOptions, self: readonly [string, ...string[]]): Promise<number> {
  const config = await configOf(options, self);
  const log = createLog({ level: 'silent' });
  const { front, close } = await openFrontEnd(config, optionArguments(options), log);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const configuration = config.simulated ? '(simulated division)' : `with ${config.clusters.length} clusters`;
    const place = await check(`division directory ${config.divisionDirectory}`, () =>
      probeDirectory(config.divisionDirectory),
    );
    const findings: Finding[] = [
      { subject: `configuration ${configuration}` },
      place,
      ...(await checkRecords(front.division)),
      await checkAudit(front.division),
    ];
    if (config.simulated && place.problem !== undefined) {
      // The executor starts the simulated fleet, and lives in this directory.
      findings.push({ subject: 'clusters', problem: 'not looked at', remedy: 'repair the division directory first' });
    } else {
      findings.push(...(await checkClusters(front, signal)));
    }
    for (const { subject, problem, remedy } of findings) {
      process.stdout.write(
        problem === undefined ? `ok    ${subject}\n` : `FAIL  ${subject}: ${problem}\n      ${remedy}\n`,
      );
    }
    return findings.some(finding => finding.problem !== undefined) ? 1 : 0;
  } finally {
    await close();
  }
}

/** Each unreadable record and journal by itself: the others keep working. */
async function checkRecords(division: Division): Promise<Finding[]> {
  const findings: Finding[] = [];
  const records = await check('records of the division', async () => {
    const { operations, corrupt } = await division.operations();
    for (const problem of corrupt) {
      findings.push({ subject: 'record', problem, remedy: UNREADABLE_REMEDY });
    }
    for (const { operation_id: id } of operations) {
      const journal = await check(`journal of ${id}`, () => division.events(id, 0));
      if (journal.problem !== undefined) findings.push(journal);
    }
  });
  return findings.length > 0 ? findings : [records];
}

/** The lines of the audit trail stand in its subject; a broken one is its problem. */
async function checkAudit(division: Division): Promise<Finding> {
  let found: Finding | undefined;
  const looked = await check('audit trail', async () => {
    found = await checkAuditTrail(division);
  });
  return found ?? looked;
}

async function checkClusters(front: FrontEnd, signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  const reached = await check('clusters', async () => {
    for (const cluster of await front.clusters(signal)) findings.push(...(await checkCluster(cluster, signal)));
  });
  return reached.problem === undefined ? findings : [...findings, reached];
}

async function check(subject: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look();
    return { subject };
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    return { subject, problem: error.message, remedy: error.remedy };
  }
}

const HOUR_MS = 3_600_000;

/** Whether the last hours are remembered, and every metric of them. */
async function remembersUsage(history: UsageHistory, signal: AbortSignal): Promise<void> {
  const now = Date.now();
  const { missing } = await history.hours({ from: now - 2 * HOUR_MS, to: now }, signal);
  if (missing.length > 0)
    throw new DivisionError(
      'CONTRACTOR_FAILED',
      missing.join('; '),
      'correct its prometheus.queries in division.yaml: the defaults need the kubelets’ cAdvisor and kube-state-metrics',
    );
}

function checkCluster(
  { config, kubernetes, workloads, talos, history }: ClusterPorts,
  signal: AbortSignal,
): Promise<Finding[]> {
  return Promise.all([
    ...(history ? [check(`${config.name}: Prometheus`, () => remembersUsage(history, signal))] : []),
    check(`${config.name}: Kubernetes API`, () => kubernetes.identity(signal)),
    check(`${config.name}: each API server`, async () => {
      const down = (await kubernetes.servers(signal)).filter(server => !server.reachable);
      if (down.length > 0) {
        const urls = down.map(server => server.url).join(', ');
        throw new DivisionError(
          'KUBERNETES_UNAVAILABLE',
          `no answer from ${urls}`,
          'check kubernetes.servers in division.yaml',
        );
      }
    }),
    check(`${config.name}: rights in Kubernetes`, async () => {
      const missing = await kubernetes.missingPermissions(signal);
      if (missing.length > 0) {
        throw new DivisionError(
          'KUBERNETES_DENIED',
          `missing: ${missing.join(', ')}`,
          'grant these to the kubeconfig user',
        );
      }
    }),
    deployRights(config.name, workloads, signal),
    check(`${config.name}: contractor ${config.talos.contractor}`, async () => {
      const { offered, profile } = await talos.capabilities(signal);
      if (!offered.includes('os.install')) {
        throw new DivisionError(
          'CAPABILITY_MISSING',
          `profile ${profile} offers ${offered.length} capabilities, os.install is not one of them`,
          'use the first-party contractor: containers-gm contractor talos',
        );
      }
    }),
    check(`${config.name}: Talos machines`, async () => {
      const [address] = config.talos.endpoints;
      if (address === undefined) return;
      await talos.machine({ address, endpoints: config.talos.endpoints }, signal);
    }),
  ]);
}

/** A credential that only upgrades needs none of these: what it can't deploy is told, and is no mistake. */
async function deployRights(
  cluster: string,
  workloads: ClusterPorts['workloads'],
  signal: AbortSignal,
): Promise<Finding> {
  const subject = `${cluster}: rights to deploy`;
  let missing: readonly string[] = [];
  const looked = await check(subject, async () => {
    missing = await workloads.missingRights(signal);
  });
  if (looked.problem !== undefined || missing.length === 0) return looked;
  return { subject: `${cluster}: no rights to deploy, which upgrades do not need; missing: ${missing.join(', ')}` };
}
