import type * as z from 'zod';
import type { EtcdMemberFacts, EtcdStatusFacts, MachineFacts, ReceiptFacts } from '../../model/facts.ts';
import type { TalosServiceFacts } from '../../model/machine-facts.ts';
import { talosTools } from '../../model/talos.ts';
import { foreignText } from '../foreign-text.ts';
import type { ContextsReading, DispatchReading, ReceiptReading, VersionReading } from '../readings.ts';
import { type ToolAnswer, unintelligible } from '../tool-answer.ts';

type Answered<Name extends keyof typeof talosTools> = z.output<(typeof talosTools)[Name]['output']>;

/** The structured result of one of our own contractor's tools, or CONTRACTOR_UNINTELLIGIBLE naming the wrong fields. */
export function structured<Name extends keyof typeof talosTools>(name: Name, answer: ToolAnswer): Answered<Name> {
  const parsed = talosTools[name].output.safeParse(answer.structured);
  if (parsed.success) return parsed.data as Answered<Name>;
  const fields = parsed.error.issues.map(issue => issue.path.join('.') || 'the result').slice(0, 5);
  throw unintelligible(answer, `the agreed shape (${fields.join(', ')})`);
}

const known = <Value>(value: Value | null): Value | undefined => value ?? undefined;

export function ownContexts(answer: ToolAnswer): ContextsReading {
  const { current, contexts, client } = structured('talos_contexts', answer);
  return { current: known(current), contexts, client: known(client) };
}

export function ownVersion(answer: ToolAnswer): VersionReading {
  const { server, client } = structured('talos_version', answer);
  return { server: known(server), client: known(client) };
}

export function ownMachine(answer: ToolAnswer): MachineFacts {
  const machine = structured('talos_machine', answer);
  const unanswered = machine.unanswered.map(
    ({ part, error_class, message }) =>
      `${foreignText(error_class, 40)} ${foreignText(part, 40)}: ${foreignText(message, 160)}`,
  );
  return {
    address: machine.node,
    nodename: known(machine.nodename),
    version: known(machine.server),
    bootId: known(machine.boot_id),
    systemUuid: known(machine.system_uuid),
    stage: known(machine.stage),
    ready: known(machine.ready),
    schematic: known(machine.schematic),
    extensions: known(machine.extensions),
    platform: known(machine.platform),
    isSecureBoot: known(machine.secure_boot),
    error: unanswered.length === 0 ? undefined : unanswered.join('; '),
  };
}

export function ownMembers(answer: ToolAnswer) {
  return structured('talos_members', answer).members.map(member => ({
    hostname: member.hostname,
    machineType: member.machine_type,
    operatingSystem: member.operating_system,
    addresses: member.addresses,
  }));
}

export function ownServices(answer: ToolAnswer): TalosServiceFacts[] {
  return structured('talos_services', answer).services.map(({ id, state, health, last_event }) => ({
    id,
    state,
    health,
    lastEvent: last_event,
  }));
}

export function ownLogs(answer: ToolAnswer): string[] {
  return structured('talos_logs', answer).lines;
}

export function ownEtcdMembers(answer: ToolAnswer): EtcdMemberFacts[] {
  return structured('talos_etcd_members', answer).members.map(({ id, hostname, peer_urls, learner }) => ({
    id,
    hostname,
    peerUrls: peer_urls,
    isLearner: learner,
  }));
}

export function ownEtcdStatus(answer: ToolAnswer): EtcdStatusFacts {
  const status = structured('talos_etcd_status', answer);
  return {
    memberId: status.member_id,
    leaderId: known(status.leader_id),
    raftTerm: status.raft_term,
    raftIndex: status.raft_index,
    raftAppliedIndex: status.raft_applied_index,
    dbSizeBytes: known(status.db_size_bytes),
    isLearner: status.learner,
    errors: status.errors,
  };
}

export function ownEtcdAlarms(answer: ToolAnswer): { memberId: string; alarm: string }[] {
  return structured('talos_etcd_alarms', answer).alarms.map(({ member_id, alarm }) => ({ memberId: member_id, alarm }));
}

export function ownForfeit(answer: ToolAnswer): string {
  return structured('talos_etcd_forfeit_leadership', answer).detail;
}

export function ownSnapshot(answer: ToolAnswer): { path: string; bytes: number; sha256: string } {
  const { path, bytes, sha256 } = structured('talos_etcd_snapshot', answer);
  if (!/^[0-9a-f]{64}$/.test(sha256) || bytes <= 0)
    throw unintelligible(answer, 'a size and a sha256 (contractors 4.2)');
  return { path, bytes, sha256 };
}

/** Tools that dispatch an attempt and answer with its state. */
type AttemptTool =
  | 'talos_install'
  | 'talos_reboot'
  | 'talos_bootstrap'
  | 'talos_recover_etcd'
  | 'talos_reset'
  | 'talos_shutdown'
  | 'talos_rollback'
  | 'talos_upgrade_kubernetes'
  | 'talos_rotate_ca';

export function ownDispatch(tool: AttemptTool) {
  return (answer: ToolAnswer): DispatchReading => {
    const { attempt_id, state, detail } = structured(tool, answer);
    return { attemptId: attempt_id, detail: `${state}: ${detail}` };
  };
}

/** A receipt that contradicts itself (exited without a code) is `unknown`: in doubt, never a second dispatch (SAFETY 3). */
export function ownReceipt(answer: ToolAnswer): ReceiptReading {
  const told = structured('talos_attempt', answer);
  return { attemptId: told.attempt_id, receipt: receiptOf(told) };
}

function receiptOf(told: Answered<'talos_attempt'>): ReceiptFacts {
  const { state, started_at, exited_at, exit_code, stderr_tail, stdout_tail } = told;
  if (state === 'absent') return { state };
  if (state === 'exited') {
    if (exit_code === null || exited_at === null) return { state: 'unknown' };
    return { state, exitCode: exit_code, exitedAt: exited_at, stderrTail: foreignText(stderr_tail, 600) };
  }
  if (started_at === null) return { state: 'unknown' };
  const said = stdout_tail?.trim().split('\n').at(-1) ?? '';
  return { state, startedAt: started_at, ...(said !== '' && { progress: foreignText(said, 160) }) };
}
