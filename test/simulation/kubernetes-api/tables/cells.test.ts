import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../../../src/simulation/kubernetes-api/tables/column.ts';
import { podReason } from '../../../../src/simulation/kubernetes-api/tables/pods.ts';
import type { KubeObject } from '../../../../src/simulation/world/store.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

describe('ages are written as kubectl writes them', () => {
  it.each([
    [-5, '<invalid>'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [3 * MINUTE + 12, '3m12s'],
    [10 * MINUTE + 30, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [5 * HOUR + 20 * MINUTE, '5h20m'],
    [9 * HOUR + 20 * MINUTE, '9h'],
    [47 * HOUR, '47h'],
    [2 * DAY + 3 * HOUR, '2d3h'],
    [8 * DAY + 3 * HOUR, '8d'],
    [729 * DAY, '729d'],
    [(2 * 365 + 5) * DAY, '2y5d'],
    [9 * 365 * DAY, '9y'],
  ])('%i s is %s', (seconds, text) => {
    expect(humanDuration(seconds * 1000)).toBe(text);
  });
});

describe('the STATUS of a pod', () => {
  const container = (state: object, ready = false) => ({ name: 'c', ready, restartCount: 0, state });
  const pod = (status: object, metadata: object = {}, spec: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-11-21T12:00:00Z', ...metadata },
    spec: { containers: [{ name: 'c' }], ...spec },
    status,
  });
  const running = container({ running: { startedAt: 'x' } }, true);
  const gone = { deletionTimestamp: '2026-11-21T12:00:00Z' };
  const init = { initContainers: [{ name: 'i' }, { name: 'j' }] };

  it.each([
    ['Running', pod({ phase: 'Running', containerStatuses: [running] })],
    ['Pending', pod({ phase: 'Pending' })],
    [
      'ContainerCreating',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }),
    ],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] }),
    ],
    [
      'Completed',
      pod({ phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed', exitCode: 0 } })] }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] })],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    ['Terminating', pod({ phase: 'Running', containerStatuses: [running] }, gone)],
    ['Unknown', pod({ phase: 'Running', reason: 'NodeLost' }, gone)],
    [
      'SchedulingGated',
      pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    ],
    [
      'Init:0/2',
      pod(
        { phase: 'Pending', initContainerStatuses: [container({ running: {} }), container({ waiting: {} })] },
        {},
        init,
      ),
    ],
    [
      'Init:Error',
      pod(
        { phase: 'Pending', initContainerStatuses: [container({ terminated: { reason: 'Error', exitCode: 1 } })] },
        {},
        init,
      ),
    ],
    [
      'Running',
      pod({
        phase: 'Running',
        initContainerStatuses: [container({ terminated: { exitCode: 0 } })],
        containerStatuses: [running],
      }),
    ],
  ])('%s', (reason, object) => {
    expect(podReason(object)).toBe(reason);
  });
});
