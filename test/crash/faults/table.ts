/** Every kind of fault, and what it is to come to. */
import type { FaultKind } from '../../../src/simulation/faults.ts';
import type { Scenario } from './scenario.ts';
import { api } from './scenarios/api.ts';
import { etcd } from './scenarios/etcd.ts';
import { machines } from './scenarios/machines.ts';
import { others } from './scenarios/others.ts';
import { pods } from './scenarios/pods.ts';
import { tools } from './scenarios/tools.ts';

export const scenarios: readonly Scenario[] = [...machines, ...tools, ...etcd, ...others, ...pods, ...api];

/** A test of another kind that shows what a fault comes to. */
export interface ShownElsewhere {
  fault: FaultKind;
  /** From the project's root. */
  file: string;
  title: string;
  guide?: { happens: string; remedy: string };
}

/** Processes of ours are killed, or nobody may wait as long as a real deadline takes. */
export const shownElsewhere: readonly ShownElsewhere[] = [
  {
    fault: 'process_killed',
    file: 'test/crash/real/killed-around-requests.test.ts',
    title: 'the executor, before and after each: the upgrade succeeds, and nothing is done twice',
    guide: {
      happens:
        'The next front end starts another executor, which looks and goes on: nothing is done twice. Where a talosctl’s end was lost with its recorder the node may be in doubt.',
      remedy: 'Nothing; a node in doubt is named with the command that resolves it.',
    },
  },
  {
    fault: 'process_killed',
    file: 'test/crash/real/killed-around-requests.test.ts',
    title: 'the contractor, $when a node or an etcd is touched: the upgrade succeeds, and nothing is done twice',
  },
  {
    fault: 'process_killed',
    file: 'test/crash/real/killed-around-requests.test.ts',
    title:
      'whoever keeps the receipt of an install: halted with OUTCOME_UNKNOWN, nothing more is sent, and resolve finishes it',
  },
  {
    fault: 'api_half_open',
    file: 'test/kubernetes/connection.test.ts',
    title: 'an attempt’s deadline destroys its socket and says that the request may have arrived',
  },
  {
    fault: 'api_stale_watch',
    file: 'test/kubernetes/watch/watch-faults.test.ts',
    title: 'while the events are withheld: from the silence bound on',
  },
];
