/** The measured process of watch-memory: holds one cluster's watch cache, as the executor does, and says what that costs. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectCluster } from '../src/kubernetes/connect.ts';
import type { Clock } from '../src/ports.ts';

/** The histogram counts its own interval as delay. */
const RESOLUTION_MS = 10;
const FOLLOWED_MS = 10_000;
const LONGEST_MS = 120_000;
/** As often as a drain looks. */
const LOOK_MS = 2000;

const [kubeconfig = '', context = '', server = '', changes = '0'] = process.argv.slice(2);
const clock: Clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const passed = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const megabytes = (): number => process.memoryUsage.rss() / 1e6;

const connection = await connectCluster(
  {
    name: 'fleet',
    mode: 'observe',
    environment: 'staging',
    simulated: true,
    kubernetes: { kubeconfig, context, servers: [server] },
    talos: { contractor: 'talos', talosconfig: '', context: '', endpoints: [] },
    installer: '',
  },
  { clock, log: quiet },
);
await connection.reader.identity(new AbortController().signal);
const before = megabytes();
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
const worst = (): number => Math.max(0, delay.max / 1e6 - RESOLUTION_MS);

/** The most processor time between two turns of the event loop: a stall without what a busy machine adds to it. */
let busiestMs = 0;
let cpu = process.cpuUsage();
setInterval(() => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  busiestMs = Math.max(busiestMs, (user + system) / 1000);
}, RESOLUTION_MS).unref();

const started = { atMs: performance.now(), cpu: process.cpuUsage() };
const release = connection.watch.hold();
while (connection.watch.facts() === undefined) await passed(20);
const listSeconds = (performance.now() - started.atMs) / 1000;
const [listStallMs, listBusiestMs] = [worst(), busiestMs];
const listed = connection.watch.facts();
process.send?.('listed');

delay.reset();
busiestMs = 0;
let most = megabytes();
const changed = (): number =>
  connection.watch.facts()?.pods.filter(({ labels }) => labels.bench === 'changed').length ?? 0;
const sinceMs = performance.now();
const isOver = (): boolean => {
  const passedMs = performance.now() - sinceMs;
  return passedMs > LONGEST_MS || (passedMs > FOLLOWED_MS && changed() >= Number(changes));
};
while (!isOver()) {
  await passed(LOOK_MS);
  most = Math.max(most, megabytes());
}
const { user, system } = process.cpuUsage(started.cpu);
process.send?.({
  nodes: listed?.nodes.length,
  pods: listed?.pods.length,
  changed_pods: changed(),
  rss_megabytes: most,
  rss_peak_megabytes: process.resourceUsage().maxRSS / 1000,
  rss_before_megabytes: before,
  list_seconds: listSeconds,
  stall_while_listing_milliseconds: listStallMs,
  busiest_while_listing_milliseconds: listBusiestMs,
  stall_while_following_milliseconds: worst(),
  busiest_while_following_milliseconds: busiestMs,
  processor_seconds: (user + system) / 1e6,
});
release();
connection.close();
process.disconnect();
