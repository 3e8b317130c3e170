import { asText } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../../world/cluster.ts';
import type { Machine } from '../../world/machine.ts';
import { containersOf } from '../../world/pods.ts';
import { sha256Hex, spreadOf } from '../../world/random.ts';
import { isAtLeast, releaseOf } from '../../world/talos-release.ts';
import type { Flag } from '../argv.ts';
import { textOf } from '../argv.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import { bytesText } from '../humanize.ts';
import type { Command, Run } from '../run.ts';
import { table } from '../table.ts';

/** Client and node that have the newer ImageService. */
const SERVICE_SINCE = 'v1.13.0';
const PULL_MS = 10_000;

const FLAGS: readonly Flag[] = [{ name: 'namespace', type: 'text' }];

function namespaceOf(run: Run): 'cri' | 'system' {
  const namespace = textOf(run.values, 'namespace') ?? 'cri';
  if (namespace === 'cri' || namespace === 'system') return namespace;
  throw new TalosctlFailure(`unsupported namespace ${JSON.stringify(namespace)}`);
}

function imagesOf(cluster: SimCluster, machine: Machine, namespace: 'cri' | 'system'): string[] {
  const pods = cluster.pods.onNode(machine.name).flatMap(pod => containersOf(pod).map(({ image }) => asText(image)));
  const kubelet = `ghcr.io/siderolabs/kubelet:${machine.kubelet_version}`;
  const etcd = `registry.k8s.io/etcd:v${releaseOf(machine.running.version).etcd}`;
  const system = machine.role === 'controlplane' ? [kubelet, etcd] : [kubelet];
  const held = namespace === 'cri' ? ['registry.k8s.io/pause:3.10', ...pods] : system;
  return [...new Set([...held, ...(machine.pulled_images ?? [])])].sort();
}

const digestOf = (image: string): string => `sha256:${sha256Hex(image)}`;

/** `talosctl image list`: with labels where both sides have the newer service. */
export const imageList: Command = {
  path: 'image list',
  aliases: ['image ls', 'image l', 'images list'],
  flags: FLAGS,
  async run(run) {
    const namespace = namespaceOf(run);
    let hasLabels = run.isClientAtLeast(SERVICE_SINCE);
    const answers = await run.each('error listing images: ', ({ cluster, machine }) => {
      hasLabels &&= isAtLeast(machine.running.version, SERVICE_SINCE);
      const created = `${new Date(machine.booted_ms).toISOString().slice(0, 19)}Z`;
      return imagesOf(cluster, machine, namespace).map(image => ({ image, created }));
    });
    const header = ['NODE', 'IMAGE', 'DIGEST', 'SIZE', ...(hasLabels ? ['LABELS'] : []), 'CREATED'];
    const rows = answers.flatMap(({ address, answer }) =>
      answer.map(({ image, created }) => {
        const size = bytesText(spreadOf(`size ${image}`, 300_000, 120_000_000));
        return [address, image, digestOf(image), size, ...(hasLabels ? [''] : []), created];
      }),
    );
    run.sink.out(table([header, ...rows]));
  },
};

/** Why a node cannot pull an image; undefined when it can. */
export function pullProblem(cluster: SimCluster, machine: Machine, image: string): string | undefined {
  const isMissing = cluster.faults.take('image_missing', { node: machine.name }) !== undefined;
  if (!isMissing && /^[^\s:@]+(\/[^\s:@]+)*[:@]\S+$/.test(image)) return undefined;
  return rpcError(
    'NotFound',
    `failed to pull image "${image}": failed to resolve reference "${image}": ${image}: not found`,
  );
}

/** `talosctl image pull IMAGE`. */
export const imagePull: Command = {
  path: 'image pull',
  aliases: ['image p', 'images pull'],
  role: 'os:operator',
  flags: FLAGS,
  args: [1, 1],
  async run(run) {
    namespaceOf(run);
    const [image = ''] = run.args;
    const isNewer = run.isClientAtLeast(SERVICE_SINCE);
    await run.each(isNewer ? '' : 'error pulling image: ', async ({ address, cluster, machine }) => {
      await run.sleep(cluster, PULL_MS);
      const problem = pullProblem(cluster, machine, image);
      if (problem !== undefined)
        throw new TalosctlFailure(isNewer ? `error from node ${address}: ${problem}` : problem);
      machine.pulled_images = [...new Set([...(machine.pulled_images ?? []), image])];
      const saysIt = isNewer && isAtLeast(machine.running.version, SERVICE_SINCE);
      if (saysIt) run.sink.err(`${address}: pulled image ${image.replace(/:[^:/]*$/, '')}@${digestOf(image)}\n`);
    });
  },
};
