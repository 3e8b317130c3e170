/** The Kubernetes API fails for a while: over HTTP, as only the product's own client meets it, and at single writes without. */
import { repair } from '../hands.ts';
import { OTHER_PLANE, type Scenario, upgraded, WORKER } from '../scenario.ts';

const duringDrain = { cordoned: WORKER };
const waitedOut = 'Waited out: reads are repeated, on every server; writes are looked after and asked again.';
const nothing =
  'Nothing. If it lasts 15 minutes it halts with KUBERNETES_UNAVAILABLE: make the API answer, then resume.';

export const api: readonly Scenario[] = [
  {
    fault: 'api_429',
    as: 'a storm over all requests, with nothing started and on',
    request: { count: 30, retry_after_seconds: 0 },
    isServed: true,
    ends: upgraded,
    guide: { happens: waitedOut, remedy: nothing },
  },
  {
    fault: 'api_5xx',
    as: 'a storm over all requests while a node is drained',
    request: { count: 30 },
    when: duringDrain,
    isServed: true,
    ends: upgraded,
    guide: { happens: waitedOut, remedy: nothing },
  },
  {
    fault: 'api_5xx',
    as: 'at the one look at the Lease before an eviction: the drain goes on',
    request: { count: 1 },
    when: duringDrain,
    ends: upgraded,
  },
  {
    fault: 'api_5xx',
    as: 'at every look at the Lease before an install: nothing was sent, so the API is what is named, not the contractor',
    request: { resource: 'leases.coordination.k8s.io', count: null },
    when: { cordoned: OTHER_PLANE },
    ends: {
      status: 'halted',
      code: 'KUBERNETES_UNAVAILABLE',
      says: ['it could not be sent: ', 'the API server answered "get leases" with 503'],
      remedy: ['cluster_health', 'control_operation resume', `meanwhile six/${OTHER_PLANE} stays cordoned`],
      states: { done: 1, installing: 1, pending: 4 },
      cordoned: [OTHER_PLANE],
      installs: 1,
      reboots: 1,
    },
    after: { steps: [repair], ends: upgraded },
  },
  {
    fault: 'api_5xx',
    as: 'when the Lease is given up: asked again, and nobody holds it in the end',
    request: { resource: 'leases.coordination.k8s.io', count: 2 },
    when: { talosctl: 'upgrade', of: 'six-worker-3' },
    ends: upgraded,
  },
  {
    fault: 'api_reset',
    as: 'of connections of all kinds, again and again',
    request: { count: 20 },
    when: duringDrain,
    isServed: true,
    ends: upgraded,
    guide: { happens: waitedOut, remedy: nothing },
  },
  {
    fault: 'api_lost_answer',
    as: 'of writes: what was written is seen, and no pod is evicted twice',
    request: { count: 12 },
    isServed: true,
    ends: upgraded,
    guide: {
      happens: 'A write happened and its answer is lost: the next look finds it done. No pod is evicted twice.',
      remedy: nothing,
    },
  },
  {
    fault: 'api_slow',
    as: 'every answer takes two seconds',
    request: {},
    isServed: true,
    ends: upgraded,
    guide: { happens: 'It takes longer.', remedy: nothing },
  },
  {
    fault: 'api_half_open',
    as: 'of watches: asked directly instead',
    request: { verb: 'watch', count: 8 },
    isServed: true,
    ends: upgraded,
    guide: {
      happens:
        'A server takes requests and answers none: each is given up at its deadline and asked of the next server.',
      remedy: nothing,
    },
  },
  {
    fault: 'api_stale_watch',
    as: 'for ever: nothing is done on its word',
    request: {},
    isServed: true,
    ends: upgraded,
    guide: {
      happens:
        'The watch is withheld: the cluster is asked directly. Nothing is decided on a watch’s word but to wait.',
      remedy: nothing,
    },
  },
];
