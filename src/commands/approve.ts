/** containers-gm approve|reject PLAN_HASH: a person's decision, outside any model's reach. */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { openFrontEnd } from '../compose/front-end.ts';
import { nameOfLevel, planAuthority } from '../decisions/authority.ts';
import { planWords } from '../decisions/plan-words.ts';
import { leaveApprovalReply } from '../division/handoffs/approval-reply.ts';
import { signDecision } from '../division/signature.ts';
import { DivisionError } from '../errors.ts';
import type { Config } from '../model/config.ts';
import type { Plan } from '../model/plan.ts';
import { createLog } from '../observability/log.ts';
import { escalatePlan } from '../operations/approving/escalate.ts';
import type { FrontEnd } from '../ports.ts';
import { planNamed } from '../views/plan-view.ts';
import { type CommandOptions, configOf, optionArguments } from './command-options.ts';

export interface DecisionOptions extends CommandOptions {
  key?: string;
  reason?: string;
}

/** Characters of the hash that somebody at a terminal types to show that the plan was looked at. */
const TYPED_CHARACTERS = 6;

export async function decide(
  decision: 'approve' | 'reject',
  hash: string,
  options: DecisionOptions,
  self: readonly [string, ...string[]],
): Promise<number> {
  const config = await configOf(options, self);
  const log = createLog({ level: options.logLevel ?? 'warn' });
  const { front, close } = await openFrontEnd(config, optionArguments(options), log);
  try {
    const plan = await planNamed(front, hash.toLowerCase());
    const level = decidableLevel(front, plan);
    process.stdout.write(`${describe(plan)}\n`);
    const at = new Date(front.clock.now()).toISOString();
    const given = { plan_hash: plan.plan_hash, decision, conditions: [], at, expires_at: plan.expires_at };
    const reply =
      options.key === undefined
        ? { ...given, ...(await typed(config, plan, level)) }
        : { ...given, ...(await signed(config, options.key, given)) };
    const in_response_to = await escalatePlan(front, plan, level, options.reason);
    const id = await leaveApprovalReply(config.divisionDirectory, {
      ...reply,
      in_response_to,
      ...(options.reason !== undefined && { reason: options.reason }),
    });
    const label = options.key === undefined ? 'unsigned' : `signed by ${reply.approver}`;
    process.stdout.write(`${decision === 'approve' ? 'approved' : 'rejected'} (${label}): ${id}\n`);
    return 0;
  } finally {
    await close();
  }
}

function decidableLevel(front: FrontEnd, plan: Plan): 'coo' | 'cortex-prime' {
  const { level } = planAuthority(plan);
  if (plan.simulated || level === 'autonomous') {
    throw new DivisionError(
      'INPUT_INVALID',
      plan.simulated ? 'a simulated cluster approves itself' : 'the division decides this alone',
      `rolling_upgrade with plan_hash ${plan.plan_hash.slice(0, 16)} starts it`,
    );
  }
  if (Date.parse(plan.expires_at) <= front.clock.now()) {
    throw new DivisionError('STALE_PLAN', `the plan expired at ${plan.expires_at}`, 'let it be planned again');
  }
  return level;
}

function describe(plan: Plan): string {
  const { level, rule } = planAuthority(plan);
  const clusters = plan.clusters.map(
    ({ name, nodes, environment }) => `${name} (${environment}, ${nodes.length} nodes)`,
  );
  const { blocked, warnings } = plan.preflight;
  return [
    `plan      ${plan.plan_hash}`,
    `does      ${planWords(plan)}: ${clusters.join(', then ')}`,
    `takes     about ${Math.round(plan.estimate.minutes_expected)} minutes, expires ${plan.expires_at}`,
    `decides   ${nameOfLevel(level)} (${rule})`,
    `against   ${blocked.length} reasons, ${warnings.length} warnings`,
  ].join('\n');
}

async function signed(config: Config, file: string, decision: Parameters<typeof signDecision>[2]) {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch {
    throw new DivisionError(
      'INPUT_INVALID',
      `the key file ${file} can’t be read`,
      'give --key the approver’s private key',
    );
  }
  const { approver, jws } = await signDecision(pem, config.approvers, decision);
  return { approver: approver.name, role: approver.role, signature: jws };
}

/** With no approver's key configured: somebody at a terminal, who types the hash's beginning. */
async function typed(config: Config, plan: Plan, role: 'coo' | 'cortex-prime') {
  if (config.approvers.length > 0) {
    const names = config.approvers.map(({ name }) => name).join(', ');
    throw new DivisionError('AUTHORITY_REFUSED', `only signed decisions count here, of ${names}`, 'give --key FILE');
  }
  if (!process.stdin.isTTY) {
    throw new DivisionError(
      'AUTHORITY_REFUSED',
      'without a key a decision is made at a terminal',
      'run it in a terminal, or configure approvers in division.yaml and give --key FILE',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const beginning = plan.plan_hash.slice(0, TYPED_CHARACTERS);
  const answer = await terminal.question(`type the first ${TYPED_CHARACTERS} characters of the hash: `);
  terminal.close();
  if (answer.trim().toLowerCase() !== beginning) {
    throw new DivisionError(
      'INPUT_INVALID',
      'that is not how the hash begins: nothing was decided',
      'look at the plan again',
    );
  }
  return { approver: userInfo().username, role };
}
