import { openFrontEnd } from '../compose/front-end.ts';
import { DivisionError } from '../errors.ts';
import { createLog } from '../observability/log.ts';
import type { ClusterPorts } from '../ports.ts';
import { type CommandOptions, configOf, optionArguments } from './command-options.ts';

interface Finding {
  subject: string;
  problem?: string;
  remedy?: string;
}

const DEADLINE_MS = 60_000;

/** Checks configuration, directory, contractors and clusters: a line each; exit code 1 when one has a remedy. */
export async function doctor(options: CommandOptions, self: readonly [string, ...string[]]): Promise<number> {
  const config = await configOf(options, self);
  const log = createLog({ level: 'silent' });
  const { front, close } = await openFrontEnd(config, optionArguments(options), log);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const findings: Finding[] = [
      {
        subject: `configuration ${config.simulated ? '(simulated division)' : `with ${config.clusters.length} clusters`}`,
      },
      await check(`division directory ${config.divisionDirectory}`, async () => {
        const { corrupt } = await front.division.operations();
        if (corrupt.length > 0) {
          throw new DivisionError('RECORD_CORRUPT', `unreadable: ${corrupt.join(', ')}`, 'move these files away');
        }
      }),
    ];
    for (const cluster of await front.clusters(signal)) findings.push(...(await checkCluster(cluster, signal)));
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

async function check(subject: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look();
    return { subject };
  } catch (error) {
    if (!(error instanceof DivisionError)) throw error;
    return { subject, problem: error.message, remedy: error.remedy };
  }
}

function checkCluster({ config, kubernetes, talos }: ClusterPorts, signal: AbortSignal): Promise<Finding[]> {
  return Promise.all([
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
