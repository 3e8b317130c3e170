import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { kubectlBinaries } from './kubectl-binaries.ts';
import { runningWorld } from './running-world.ts';

interface Run {
  code: number;
  output: string;
}

const NODE = 'rehearsal-worker-1';
/** Where the pods of `web` are pinned, so that one drain meets their budget. */
const WEB_NODE = 'rehearsal-worker-2';

const manifest = (image: string, replicas: number): string =>
  JSON.stringify({
    kind: 'List',
    apiVersion: 'v1',
    items: [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
        spec: {
          replicas,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { nodeSelector: { 'kubernetes.io/hostname': WEB_NODE }, containers: [{ name: 'c', image }] },
          },
        },
      },
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'web', namespace: 'default' },
        spec: { minAvailable: replicas, selector: { matchLabels: { app: 'web' } } },
      },
    ],
  });

/** Arguments, what the output (stdout and stderr) must match, and the exit code when it is not 0. */
type Row = readonly [args: string, output: RegExp, code?: number];

const TABLE: readonly Row[] = [
  ['get nodes', /rehearsal-cp-1 +Ready +control-plane +\S+ +v1\.35\.4/],
  ['get nodes -o wide', /10\.5\.1\.1 +<none> +Talos \(v1\.12\.11\) +\S+-talos +containerd/],
  [
    `describe node ${NODE}`,
    /Allocated resources:[\s\S]*Non-terminated Pods|Non-terminated Pods[\s\S]*Allocated resources:/,
  ],
  ['get pods -A', /kube-system +\S+ +1\/1 +Running/],
  [`get pods -A --field-selector spec.nodeName=${NODE}`, /kube-proxy/],
  ['get pods --field-selector spec.foo=bar', /field label not supported: spec\.foo/, 1],
  ['get pods -l app=nothing', /No resources found in default namespace/],
  ['get node nothing', /Error from server \(NotFound\): nodes "nothing" not found/, 1],
  ['apply -f first', /deployment\.apps\/web created\npoddisruptionbudget\.policy\/web created/],
  ['rollout status deploy/web --timeout=60s', /deployment "web" successfully rolled out/],
  ['apply -f first', /deployment\.apps\/web unchanged/],
  ['apply -f second', /deployment\.apps\/web configured/],
  ['rollout status deploy/web --timeout=60s', /successfully rolled out/],
  [
    'apply -f first --server-side',
    /Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps\/v1.*\.image/,
    1,
  ],
  ['apply -f first --server-side --force-conflicts', /deployment\.apps\/web serverside-applied/],
  ['rollout status deploy/web --timeout=60s', /successfully rolled out/],
  ['rollout history deploy/web', /REVISION +CHANGE-CAUSE\n2 +<none>\n3 +<none>/],
  ['rollout undo deploy/web', /deployment\.apps\/web rolled back/],
  ['rollout restart deploy/web', /deployment\.apps\/web restarted/],
  ['rollout status deploy/web --timeout=60s', /successfully rolled out/],
  ['wait --for=condition=Available deploy/web --timeout=30s', /deployment\.apps\/web condition met/],
  ['get pods -l app=web --watch --request-timeout=1s', /web-\S+ +1\/1 +Running/],
  ['get deploy,rs,pdb', /deployment\.apps\/web +2\/2 +2 +2/],
  ['logs deploy/web --tail=1', /simulated: c/],
  ['top nodes', new RegExp(`${NODE} +\\d+m +\\d+% +\\d+Mi +\\d+%`)],
  ['top pods -A', /kube-proxy-\S+ +\d+m +\d+Mi/],
  [`label node ${NODE} a=b`, /labeled/],
  [`taint nodes ${NODE} x=y:NoSchedule`, /tainted/],
  [`taint nodes ${NODE} x-`, /untainted/],
  ['auth can-i delete nodes', /yes/],
  [`cordon ${NODE}`, /cordoned/],
  ['get nodes', /Ready,SchedulingDisabled/],
  [`cordon ${NODE}`, /already cordoned/],
  [`drain ${NODE}`, /cannot delete DaemonSet-managed Pods/, 1],
  [`drain ${NODE} --ignore-daemonsets --delete-emptydir-data --pod-selector=app!=web --timeout=60s`, /drained/],
  [`uncordon ${NODE}`, /uncordoned/],
  [
    `drain ${WEB_NODE} --ignore-daemonsets --delete-emptydir-data --pod-selector=app!=web --dry-run=server`,
    /drained \(server dry run\)/,
  ],
  [`drain ${WEB_NODE} --pod-selector=app=web --timeout=2s`, /violate the pod's disruption budget/, 1],
  [`uncordon ${WEB_NODE}`, /uncordoned/],
  ['scale deploy/web --replicas=3', /scaled/],
  ['rollout status deploy/web --timeout=60s', /successfully rolled out/],
  [`drain ${WEB_NODE} --pod-selector=app=web --disable-eviction --timeout=60s`, /drained/],
  ['get pods -l app=web', /Pending/],
  [`uncordon ${WEB_NODE}`, /uncordoned/],
  ['create namespace other', /namespace\/other created/],
  ['delete namespace other', /deleted/],
  ['delete -f first', /deployment\.apps "web".* deleted/],
  ['wait --for=delete pod -l app=web --timeout=60s', /^/],
  ['get lease -n kube-node-lease', new RegExp(`${NODE} +${NODE}`)],
  ['get --raw /readyz/etcd', /ok/],
  ['api-resources --api-group=policy', /poddisruptionbudgets +pdb +policy\/v1 +true/],
  ['create job x --image=y', /the simulation does not implement writing jobs\.batch/, 1],
];

const run = (binary: string, args: readonly string[], home: string): Promise<Run> =>
  new Promise(resolve => {
    const options = { env: { ...process.env, HOME: home, KUBECONFIG: join(home, 'config') }, timeout: 90_000 };
    execFile(binary, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });

const binaries = kubectlBinaries();

/** By binary: its version and how many rows of the table held. */
const outcomes = new Map<string, { version: string; held: number }>();

async function clientVersion(binary: string, home: string): Promise<string> {
  const { output } = await run(binary, ['version', '--client', '--output=json'], home);
  return /"gitVersion": "([^"]+)"/.exec(output)?.[1] ?? 'unknown';
}

/** The table's size and what came of it, a line a kubectl. */
function summary(): string {
  const lines = binaries.map(binary => {
    const { version, held } = outcomes.get(binary) ?? { version: 'not run', held: 0 };
    const result = held === TABLE.length ? 'all hold' : `fails at row ${held + 1}: ${TABLE[held]?.[0]}`;
    return `${basename(binary).padEnd(14)} ${version.padEnd(12)} ${held}/${TABLE.length} ${result}`;
  });
  return [`kubectl table: ${TABLE.length} commands`, ...lines, ''].join('\n');
}

describe.skipIf(binaries.length === 0)('kubectl (without one: apt-get install kubernetes-client)', () => {
  afterAll(() => {
    process.stdout.write(summary());
  });

  it.concurrent.each(binaries)(
    '%s does all of the table',
    async binary => {
      const world = await runningWorld({ seed: 7, speed: 60 });
      const home = await mkdtemp(join(tmpdir(), 'kubectl-'));
      try {
        await writeFile(join(home, 'config'), JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
        const version = await clientVersion(binary, home);
        outcomes.set(binary, { version, held: 0 });
        await writeFile(join(home, 'first'), manifest('nginx:1.27', 2));
        await writeFile(join(home, 'second'), manifest('nginx:1.28', 2));
        for (const [index, [args, output, code = 0]] of TABLE.entries()) {
          const words = args.split(' ').map(word => (word === 'first' || word === 'second' ? join(home, word) : word));
          const ran = await run(binary, [`--server=${world.api.vip}`, ...words], home);
          const said = `${basename(binary)} ${args}\n${ran.output}`;
          expect(ran.output, said).toMatch(output);
          expect(ran.code, said).toBe(code);
          outcomes.set(binary, { version, held: index + 1 });
        }
        expect(world.cluster.ledger.report().evictions_refused).toBeGreaterThan(0);
      } finally {
        await world.stop();
        await rm(home, { recursive: true, force: true });
      }
    },
    300_000,
  );
});
