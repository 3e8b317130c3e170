import { randomBytes } from 'node:crypto';
import { type CallValues, expandArguments } from './call-arguments.ts';
import { CallFault } from './call-fault.ts';
import type { ProbeAnswer, ProbeQuestion, Profile } from './profiles/profile.ts';
import type { ToolAnswer } from './tool-answer.ts';

/** TEST-NET-1: no machine can have it (RFC 5737), so a version "read" from it is made up. */
const IMPOSSIBLE_ADDRESS = '192.0.2.1';

/** What the mock A2A 0.1.0 answers to anything (contractors 1.2). */
const CONSTANTS: readonly RegExp[] = [
  /Version: v1\.9\.0\s+Platform: metal\s+Architecture: amd64/,
  /Sample logs for service: /,
  /Member ID: 12345\s+Leader ID: 12345/,
  /example-container-1: registry\.k8s\.io\/pause:3\.9/,
  /Reboot initiated for \S+\s+Status: success\s+Message: Node \S+ reboot initiated/,
  /Configuration applied to \S+\s+Status: success/,
];

export const isMockConstant = (text: string): boolean => CONSTANTS.some(pattern => pattern.test(text));

export interface Truth {
  /**
   * verified: it refused what must be refused. stub: it made an answer up. suspect: neither could be shown.
   * Only a verified contractor may change anything.
   */
  verdict: 'verified' | 'suspect' | 'stub';
  evidence: readonly string[];
  /** Cluster clock, epoch milliseconds. */
  checkedAt: number;
}

interface Finding {
  kind: ProbeAnswer | 'mock-constant' | 'silent';
  evidence: string;
}

async function find(what: string, question: ProbeQuestion, ask: () => Promise<ToolAnswer>): Promise<Finding> {
  try {
    const answer = await ask();
    const kind = isMockConstant(answer.text) ? 'mock-constant' : judged(question, answer);
    return { kind, evidence: `${what}: ${kind} (${question.tool})` };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    // Silence is no claim. A lost connection says nothing at all and is the caller's to handle.
    if (error.kind === 'deadline') return { kind: 'silent', evidence: `${what}: ${error.message} (${question.tool})` };
    if (error.kind === 'rejected') return { kind: 'unclear', evidence: `${what}: ${error.message} (${question.tool})` };
    throw error;
  }
}

function judged(question: ProbeQuestion, answer: ToolAnswer): ProbeAnswer {
  try {
    return question.judge(answer);
  } catch {
    return 'unclear';
  }
}

function verdictOf(target: Finding, logs: Finding): Truth['verdict'] {
  const isMock = [target, logs].some(finding => finding.kind === 'mock-constant');
  if (isMock || target.kind === 'claims-success') return 'stub';
  return target.kind === 'unclear' || logs.kind === 'claims-success' ? 'suspect' : 'verified';
}

/**
 * Asks what an honest contractor must refuse (contractors 4.4): a machine that can't exist and a service that does not;
 * the second alone never verifies. `values` name the context and endpoints to ask through. Throws CallFault if the
 * contractor is lost.
 */
export async function probeTruth(
  profile: Profile,
  values: Pick<CallValues, 'context' | 'endpoints'>,
  options: { ask(tool: string, args: Record<string, unknown>): Promise<ToolAnswer>; now(): number },
): Promise<Truth> {
  const { impossibleTarget, nonexistentService } = profile.probe;
  const [first = IMPOSSIBLE_ADDRESS, ...others] = values.endpoints;
  const service = { service: `gm-probe-${randomBytes(4).toString('hex')}`, tailLines: 5 };
  const put = (question: ProbeQuestion, call: Partial<CallValues>) => () =>
    options.ask(question.tool, expandArguments(question.args, { ...values, ...service, ...call }));
  const [target, logs] = await Promise.all([
    find('version of 192.0.2.1', impossibleTarget, put(impossibleTarget, { address: IMPOSSIBLE_ADDRESS })),
    find(
      'logs of a service that does not exist',
      nonexistentService,
      put(nonexistentService, { address: first, endpoints: others.length > 0 ? others : [first] }),
    ),
  ]);
  const evidence = [target.evidence, logs.evidence];
  return { verdict: verdictOf(target, logs), evidence, checkedAt: options.now() };
}
