import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { kubeConfigAlone } from '../scripts/kube-config-alone.mjs';
import { startFleet, withHome } from './fleet.ts';
import type { Row } from './result.ts';

const SIZE = ['--nodes', '1000', '--pods', '30000', '--budgets', '300', '--pinned-databases', '20', '--zones', '3'];
const LIMITS = { megabytes: 350, stallMs: 100 };
/** Pods changed while the cache follows. */
const CHANGES = 500;
const NOTHING = 'a process beside it that does nothing';

const source = fileURLToPath(new URL('./watch-memory-child.ts', import.meta.url));

type Figures = Record<
  | 'nodes'
  | 'pods'
  | 'changed_pods'
  | 'rss_megabytes'
  | 'rss_peak_megabytes'
  | 'rss_before_megabytes'
  | 'list_seconds'
  | 'stall_while_listing_milliseconds'
  | 'busiest_while_listing_milliseconds'
  | 'stall_while_following_milliseconds'
  | 'busiest_while_following_milliseconds'
  | 'processor_seconds',
  number
>;

/** Says when asked, in milliseconds, its longest event-loop stall since the last time: what the machine alone makes of one. */
const IDLE = `
const delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 10 });
delay.enable();
process.on('message', () => {
  process.send(Math.max(0, delay.max / 1e6 - 10));
  delay.reset();
});`;

function idleProcess() {
  const child = spawn(process.execPath, ['-e', IDLE], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    stallMs: async (): Promise<number> => {
      const answered = once(child, 'message');
      child.send('asked');
      return Number((await answered)[0]);
    },
    stop: () => child.kill(),
  };
}

/** Bundled as the program is: what is measured is what runs. */
async function bundled(home: string): Promise<string> {
  const outfile = join(home, 'watch-memory-child.mjs');
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    plugins: [kubeConfigAlone],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}

const ofWhich = (milliseconds: number): string =>
  `the longest stretch of processor time, which a busy machine does not lengthen, was ${milliseconds.toFixed(0)} ms`;

async function changePods(api: string): Promise<void> {
  const list = (await (await fetch(`${api}/api/v1/pods?limit=${CHANGES}`)).json()) as {
    items: { metadata: { namespace: string; name: string } }[];
  };
  for (const { metadata } of list.items) {
    const answer = await fetch(`${api}/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/merge-patch+json' },
      body: JSON.stringify({ metadata: { labels: { bench: 'changed' } } }),
    });
    await answer.arrayBuffer();
  }
}

/** What the watch cache of a large cluster costs the process that holds it, which has nothing else to do. */
export async function watchMemory(): Promise<Row[]> {
  return withHome(async home => {
    const fleet = await startFleet(home, [...SIZE, '--speed', '1']);
    const { kubeconfig, clusters } = fleet.connection;
    const { context = '', vip = '' } = clusters.fleet ?? {};
    const idle = idleProcess();
    const child = fork(await bundled(home), [kubeconfig, context, vip, String(CHANGES)], { execArgv: [] });
    try {
      await once(child, 'message');
      const idleWhileListing = await idle.stallMs();
      const [[figures]] = (await Promise.all([once(child, 'message'), changePods(vip)])) as [[Figures], unknown];
      const idleWhileFollowing = await idle.stallMs();
      const size = `${figures.nodes} nodes, ${figures.pods} pods; ${figures.changed_pods} of ${CHANGES} changes followed`;
      const note = `${size}; listed in ${figures.list_seconds.toFixed(1)} s`;
      return [
        {
          what: 'memory watching a large cluster, peak',
          unit: 'MB',
          value: figures.rss_peak_megabytes,
          targets: [{ atMost: LIMITS.megabytes }],
          note: `${note}; ${figures.rss_before_megabytes.toFixed(0)} MB before, ${figures.rss_megabytes.toFixed(0)} MB after`,
        },
        {
          what: 'longest event-loop stall while listing it',
          unit: 'ms',
          value: figures.stall_while_listing_milliseconds,
          peers: { [NOTHING]: idleWhileListing },
          targets: [{ atMost: LIMITS.stallMs }],
          note: ofWhich(figures.busiest_while_listing_milliseconds),
        },
        {
          what: 'longest event-loop stall while following it',
          unit: 'ms',
          value: figures.stall_while_following_milliseconds,
          peers: { [NOTHING]: idleWhileFollowing },
          targets: [{ atMost: LIMITS.stallMs }],
          note: `${ofWhich(figures.busiest_while_following_milliseconds)}; ${figures.processor_seconds.toFixed(1)} s in all`,
        },
      ];
    } finally {
      child.kill();
      idle.stop();
      await fleet.stop();
    }
  });
}
