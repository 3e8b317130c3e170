import { setTimeout as sleep } from 'node:timers/promises';
import { endedStatuses, type OperationStatus } from '../src/model/operation.ts';
import { startFleet, withHome } from './fleet.ts';
import { ours } from './programs.ts';
import type { Row } from './result.ts';
import { answerOf, openServer, type Server } from './stdio-host.ts';
import { tokensOf } from './tokens.ts';

const LIMIT = 1500;
const CLUSTER = 'production';
const SPEED = 150;
const DEADLINE_MS = 240_000;

interface View {
  operation_id: string;
  status: OperationStatus;
  poll_after_seconds: number;
  eta_at?: string;
}

/** A host, and what its model was given and wrote: each call's name and arguments with one channel of its result. */
class CountingHost {
  readonly #server: Server;
  calls = 0;
  text = 0;
  structured = 0;

  constructor(server: Server, before?: CountingHost) {
    this.#server = server;
    if (before !== undefined) ({ calls: this.calls, text: this.text, structured: this.structured } = before);
  }

  async call(name: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { text, structured } = await answerOf(this.#server, name, given);
    const asked = tokensOf(JSON.stringify({ name, arguments: given }));
    this.calls += 1;
    this.text += asked + tokensOf(text);
    this.structured += asked + tokensOf(JSON.stringify(structured));
    return structured;
  }

  async look(id: string): Promise<View> {
    return (await this.call('get_operation', { operation_id: id })).operation as View;
  }
}

/**
 * Looks again and again, as long after each look as `secondsUntilNext` says of it in cluster time, or as soon as `done` says so, until
 * the operation has ended.
 */
async function follow(
  host: CountingHost,
  first: View,
  secondsUntilNext: (seen: View) => number,
  done?: Promise<unknown>,
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  let seen = first;
  while (!endedStatuses.includes(seen.status)) {
    if (performance.now() > deadline) throw new Error(`${seen.operation_id} did not end: ${seen.status}`);
    const nextLook = new AbortController();
    const pause = sleep((secondsUntilNext(seen) * 1000) / SPEED, undefined, { signal: nextLook.signal });
    await Promise.race([pause, ...(done === undefined ? [] : [done])]);
    nextLook.abort();
    await pause.catch(() => undefined);
    seen = await host.look(seen.operation_id);
  }
  if (seen.status !== 'succeeded') throw new Error(`${seen.operation_id} ended as ${seen.status}`);
}

/**
 * The upgrade of 12 nodes as `next` leads through it: plan, start, end the turn; look when it should be done. Beside it a host that
 * does not end its turn but looks as often as poll_after_seconds allows.
 */
export async function upgradeTokens(): Promise<Row[]> {
  return withHome(async home => {
    const fleet = await startFleet(home, ['--speed', String(SPEED)]);
    const server = await openServer({ args: ours(home) });
    const host = new CountingHost(server);
    const plan = await host.call('rolling_upgrade', { clusters: [CLUSTER], to_version: 'v1.13.9' });
    const started = (await host.call('rolling_upgrade', { plan_hash: plan.plan_hash })) as unknown as View;
    const poller = new CountingHost(server, host);
    const { wall_ms: wallMs, cluster_ms: clusterMs } = fleet.connection.clock;
    const now = (): number => clusterMs + (Date.now() - wallMs) * SPEED;
    const polled = follow(poller, started, ({ poll_after_seconds: seconds }) => seconds);
    const untilEta = ({ eta_at: eta, poll_after_seconds: least }: View): number =>
      Math.max(least, eta === undefined ? 0 : (Date.parse(eta) - now()) / 1000);
    await Promise.all([polled, follow(host, started, untilEta, polled)]);
    await server.close();
    const what = 'an upgrade of 12 nodes, all calls and results';
    const unit = 'o200k tokens';
    const note = `plan, start, and get_operation at the ETA it names or when it is done: ${host.calls} calls`;
    return [
      { what: `${what}, a host that shows the text`, unit, value: host.text, targets: [{ atMost: LIMIT }], note },
      {
        what: `${what}, a host that shows structuredContent`,
        unit,
        value: host.structured,
        targets: [{ atMost: LIMIT }],
        note,
      },
      {
        what: `${what}, a host that never ends its turn, text`,
        unit,
        value: poller.text,
        note: `it asks every poll_after_seconds of cluster time: ${poller.calls} calls`,
      },
    ];
  });
}
