import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import {
  handoffAddress,
  handoffLine,
  handoffNamed,
  INBOX_ADDRESS,
  inboxView,
  wholeHandoff,
} from '../views/handoff-view.ts';
import { LISTED_OF_A_FAMILY } from './listed.ts';

const incoming: ResourceFamily<FrontEnd> = {
  name: 'handoffs_incoming',
  title: 'Incoming handoffs',
  description: 'The inbox: what others wait for, due first, what is late, in conflict or unreadable.',
  uri: INBOX_ADDRESS,
  keepMs: 0,
  read: async front => ({ simulated: front.config.simulated, ...inboxView(await front.handoffs.incoming()) }),
};

const outgoing: ResourceFamily<FrontEnd> = {
  name: 'handoffs_outgoing',
  title: 'Outgoing handoffs',
  description: 'What we asked and told others, newest first, whether it was answered and what is late.',
  uri: 'gm://handoffs/outgoing',
  keepMs: 0,
  async read(front) {
    const { asOf, handoffs } = await front.handoffs.outgoing();
    return { simulated: front.config.simulated, as_of: asOf, handoffs: handoffs.map(handoffLine) };
  },
};

/** Received ones that are due first, then the newest that we sent. */
async function handoffIds(front: FrontEnd): Promise<string[]> {
  const { handoffs: received } = await front.handoffs.incoming();
  const { handoffs: sent } = await front.handoffs.outgoing();
  return [...new Set([...received, ...sent].map(handoff => handoff.id))];
}

const handoff: ResourceFamily<FrontEnd> = {
  name: 'handoff',
  title: 'Handoff',
  description: 'One handoff as a whole: what it says, fenced as untrusted, its files, clock, steps and answers.',
  uri: 'gm://handoffs/{handoff_id}',
  keepMs: 0,
  read: async (front, { handoff_id: handoffId = '' }) => ({
    simulated: front.config.simulated,
    ...wholeHandoff(await handoffNamed(front, handoffId)),
  }),
  list: async front =>
    (await handoffIds(front))
      .slice(0, LISTED_OF_A_FAMILY)
      .map(handoffId => ({ uri: handoffAddress(handoffId), name: `Handoff ${handoffId}` })),
  complete: { handoff_id: handoffIds },
};

export const handoffResources: readonly ResourceFamily<FrontEnd>[] = [incoming, outgoing, handoff];
