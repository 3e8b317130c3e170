import { cordon, drainablePods, tryEviction, uncordon } from '../../world/machines/node-drain.ts';
import { isTerminating } from '../../world/pods.ts';
import { TalosctlFailure } from '../failure.ts';
import type { Run, Target } from '../run.ts';

const DRAIN_RETRY_MS = 5_000;

/** As kubectl drains, by the node's Kubernetes name: a failure leaves the node cordoned and the image installed. */
export async function drainNode(run: Run, { cluster, machine }: Target, timeoutMs: number): Promise<void> {
  const say = (text: string): void => run.sink.err(`${machine.name}: ${text}\n`);
  say('cordoning node');
  cordon(cluster, machine.name);
  say('node cordoned');
  say('draining node');
  const asked = new Set<string>();
  const deadline = cluster.now() + timeoutMs;
  for (;;) {
    const left = drainablePods(cluster, machine.name, true);
    if (left.length === 0) break;
    for (const pod of left.filter(other => !isTerminating(other))) {
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (!asked.has(name)) say(`evicting pod ${name}`);
      asked.add(name);
      const refusal = tryEviction(cluster, pod);
      if (refusal === undefined) say(`evicted pod ${name}`);
      else if (cluster.now() >= deadline) {
        say(`failed to evict pod ${name}: ${refusal}`);
        throw new TalosctlFailure(`error draining node ${JSON.stringify(machine.name)}: context deadline exceeded`);
      }
    }
    await run.sleep(cluster, DRAIN_RETRY_MS);
  }
  say('node drained');
}

/** Waits for the node to be Ready again and lifts the cordon. */
export async function uncordonNode(run: Run, { cluster, machine }: Target, timeoutMs: number): Promise<void> {
  const say = (text: string): void => run.sink.err(`${machine.name}: ${text}\n`);
  say('waiting for node to become Ready');
  const isReady = await run.until(cluster, timeoutMs, () => machine.is_ready);
  if (!isReady) throw new TalosctlFailure('context deadline exceeded');
  say('uncordoning node');
  uncordon(cluster, machine.name);
  say('node uncordoned');
}
