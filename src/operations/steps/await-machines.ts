import { machinesOfNewCluster } from '../../decisions/cluster-creation.ts';
import { provisionedAddresses } from '../../decisions/provisioned-machines.ts';
import type { HandoffReading } from '../../model/handoff.ts';
import { resultOf, type StepLook, type StepPerformer, type StepScene } from './step.ts';

/** The deadline that the request names. */
const AT_MOST_MS = 7 * 24 * 3_600_000;
const POLL_MS = 60_000;
const REMEDY = 'ask the Infrastructure division, or plan again with the addresses of machines that are there';

const countOf = ({ task }: StepScene): number => {
  if (task.playbook === 'scale_cluster') return task.count;
  return task.playbook === 'create_cluster' ? task.control_planes + task.workers : 0;
};

/** The machines to be joined: those the task names, or those the reply to our request names; one without addresses is asked back (ledger R323). */
export const awaitMachines: StepPerformer<'await_machines'> = async context => {
  const { task, ports } = context;
  const wanted = countOf(context);
  const given = 'addresses' in task ? task.addresses : undefined;
  if (given !== undefined) return enough(context, given, wanted);
  const requested = resultOf(context, 'hand_off')?.handoff_id;
  if (typeof requested !== 'string') {
    return { kind: 'failed', code: 'NOT_FOUND', reason: 'no machines were asked for', remedy: REMEDY };
  }
  const [inbox, sent] = await Promise.all([ports.handoffs.incoming(), ports.handoffs.outgoing()]);
  // Who answers what was asked back names that.
  const reference = askedBackReference(context);
  const ours = sent.handoffs.filter(({ reading }) => reading.context.reference === reference).map(({ id }) => id);
  const replies = inbox.handoffs
    .filter(({ answers }) => answers !== undefined && [requested, ...ours].includes(answers.handoffId))
    .map(({ reading }) => reading);
  const addresses = replies.flatMap(({ context: told }) => provisionedAddresses(told));
  if (addresses.length >= wanted) return enough(context, [...new Set(addresses)], wanted);
  const [unclear] = replies;
  if (unclear && context.progress.result?.asked_back !== unclear.id) return askBack(context, unclear, wanted);
  return waiting(unclear ? `${unclear.id} names no addresses: it was asked back` : `${requested} is not answered yet`);
};

const askedBackReference = ({ operationId }: StepScene): string => `${operationId}/missing-addresses`;

function enough({ task, cluster }: StepScene, addresses: readonly string[], wanted: number): StepLook {
  const machines =
    task.playbook === 'create_cluster'
      ? machinesOfNewCluster(task, cluster?.config.talos.endpoints ?? [], addresses)
      : addresses.length >= wanted
        ? addresses.slice(0, wanted)
        : `${wanted} machines are wanted, ${addresses.length} addresses are given`;
  if (typeof machines === 'string') {
    return { kind: 'failed', code: 'INPUT_INVALID', reason: machines, remedy: 'plan again with one address a machine' };
  }
  return {
    kind: 'done',
    reason: `${wanted} machines are there`,
    evidence: [machines.join(', ')],
    result: { addresses: machines },
  };
}

/** Once a reply: the handoff's own number is in its result, so a repeat finds it asked. */
function askBack(scene: StepScene, reply: HandoffReading, wanted: number): StepLook {
  const { ports, operationId } = scene;
  const reference = askedBackReference(scene);
  return {
    kind: 'wait',
    reason: `${reply.id} names no addresses: it is asked back`,
    whatEndsIt: `a reply that names ${wanted} addresses`,
    pollMs: 1_000,
    atMostMs: AT_MOST_MS,
    remedy: REMEDY,
    result: { asked_back: reply.id },
    before: async () => {
      await ports.handoffs.send({
        to: 'infrastructure',
        handoffType: 'coordination',
        priority: 'high',
        taskId: `addresses-${operationId.slice(0, 24)}`,
        inResponseTo: reply.id,
        context: {
          summary: `the addresses of ${wanted} machines are missing in ${reply.id}`,
          missing: ['nodes[].ip'],
          count: wanted,
          reference,
        },
        once: `${reference}/${reply.id}`,
      });
    },
  };
}

const waiting = (reason: string): StepLook => ({
  kind: 'wait',
  reason,
  whatEndsIt: 'a reply of the Infrastructure division that names their addresses',
  pollMs: POLL_MS,
  atMostMs: AT_MOST_MS,
  remedy: REMEDY,
});
