import { asObject, asText, at } from '../../kubernetes-api/json.ts';
import type { SimCluster } from '../../world/cluster.ts';
import { staticPodRuns } from '../../world/control-plane-components.ts';
import type { ConfigDocument, ControlPlaneComponent, Machine } from '../../world/machine.ts';
import { CONTROL_PLANE_COMPONENTS } from '../../world/machine.ts';
import { CONFIG_KEYS, configOf, setConfig } from '../../world/machine-config.ts';
import type { Flag } from '../argv.ts';
import { isOn } from '../argv.ts';
import { applyPatch } from '../config-patch.ts';
import { dialError, TalosctlFailure } from '../failure.ts';
import { warnOfOlder } from '../older-nodes.ts';
import type { Command, Run } from '../run.ts';
import { pullProblem } from './image.ts';
import { syncManifests } from './upgrade-k8s-manifests.ts';
import type { KubernetesUpgrade } from './upgrade-k8s-plan.ts';
import { planUpgrade } from './upgrade-k8s-plan.ts';

const PULL_MS = 4_000;
const NODE_MS = 180_000;
const POD_MS = 600_000;

const MANIFEST_FLAGS: readonly Flag[] = (
  [
    ['manifests-force', 'bool'],
    ['manifests-no-prune', 'bool'],
    ['manifests-inventory-policy', 'text'],
    ['manifests-reconcile-timeout', 'duration'],
  ] as const
).map(([name, type]) => ({ name, type, since: 'v1.13.0' }));

/** One upgrade under way: told on stdout; what is done stays done when the caller goes away. */
class Upgrade {
  readonly #run: Run;
  readonly #cluster: SimCluster;
  readonly #plan: KubernetesUpgrade;
  readonly #isDry: boolean;

  constructor(run: Run, cluster: SimCluster, plan: KubernetesUpgrade, isDry: boolean) {
    this.#run = run;
    this.#cluster = cluster;
    this.#plan = plan;
    this.#isDry = isDry;
  }

  #say(text: string): void {
    this.#run.sink.out(`${text}\n`);
  }

  async prePull(withKubelet: boolean): Promise<void> {
    const { controlPlanes, workers, to } = this.#plan;
    for (const component of CONTROL_PLANE_COMPONENTS)
      for (const machine of controlPlanes) await this.#pull(machine, `registry.k8s.io/${component}:v${to}`);
    if (!withKubelet) return;
    for (const machine of [...controlPlanes, ...workers])
      await this.#pull(machine, `ghcr.io/siderolabs/kubelet:v${to}`);
  }

  async #pull(machine: Machine, image: string): Promise<void> {
    this.#say(` > ${JSON.stringify(machine.ip)}: pre-pulling ${image}`);
    await this.#run.sleep(this.#cluster, PULL_MS);
    const problem = pullProblem(this.#cluster, machine, image);
    if (problem !== undefined)
      throw new TalosctlFailure(`failed pre-pulling images: error pre-pulling ${image} on ${machine.ip}: ${problem}`);
  }

  async staticPods(component: ControlPlaneComponent): Promise<void> {
    this.#say(`updating ${JSON.stringify(component)} to version ${JSON.stringify(this.#plan.to)}`);
    for (const machine of this.#plan.controlPlanes) {
      const failing = `failed updating service ${JSON.stringify(component)}: error updating node ${JSON.stringify(machine.ip)}: `;
      this.#say(` > ${JSON.stringify(machine.ip)}: starting update`);
      const image = `registry.k8s.io/${component}:v${this.#plan.to}`;
      this.#patch(machine, component, ['cluster', CONFIG_KEYS[component]], image, failing);
      if (this.#isDry) continue;
      this.#say(` > ${JSON.stringify(machine.ip)}: machine configuration patched`);
      this.#say(` > ${JSON.stringify(machine.ip)}: waiting for ${component} pod update`);
      await this.#hangsByFault(machine);
      const isDone = (): boolean => staticPodRuns(this.#cluster, machine, component, `v${this.#plan.to}`);
      if (!(await this.#run.until(this.#cluster, POD_MS, isDone)))
        throw new TalosctlFailure(`${failing}context deadline exceeded`);
      this.#say(` < ${JSON.stringify(machine.ip)}: successfully updated`);
    }
  }

  proxy(): void {
    const { to, controlPlanes } = this.#plan;
    this.#say(`updating kube-proxy to version ${JSON.stringify(to)}`);
    for (const machine of controlPlanes) {
      this.#say(` > ${JSON.stringify(machine.ip)}: starting update`);
      if (this.#isDry) this.#say(' > skipped in dry-run');
      else this.#write(machine, ['cluster', 'proxy'], `registry.k8s.io/kube-proxy:v${to}`);
    }
  }

  async kubelets(): Promise<void> {
    this.#say(`updating kubelet to version ${JSON.stringify(this.#plan.to)}`);
    for (const machine of [...this.#plan.controlPlanes, ...this.#plan.workers]) {
      const failing = `failed upgrading kubelet: error updating node ${JSON.stringify(machine.ip)}: `;
      this.#say(` > ${JSON.stringify(machine.ip)}: starting update`);
      if (!machine.kubelet_runs) throw new TalosctlFailure(`${failing}kubelet is not healthy`);
      const version = `v${this.#plan.to}`;
      const image = `ghcr.io/siderolabs/kubelet:${version}`;
      const isChanged = this.#patch(machine, 'kubelet', ['machine', 'kubelet'], image, failing);
      if (this.#isDry) continue;
      this.#say(` > ${JSON.stringify(machine.ip)}: machine configuration patched`);
      if (isChanged) this.#say(` > ${JSON.stringify(machine.ip)}: waiting for kubelet restart`);
      await this.#hangsByFault(machine);
      const isUp = (): boolean => machine.kubelet_pending === undefined;
      if (!(await this.#run.until(this.#cluster, POD_MS, isUp)))
        throw new TalosctlFailure(`${failing}context deadline exceeded`);
      this.#say(` > ${JSON.stringify(machine.ip)}: waiting for node update`);
      const isShown = (): boolean => {
        const node = this.#cluster.store.get('nodes', undefined, machine.name);
        return at(node, 'status', 'nodeInfo', 'kubeletVersion') === version;
      };
      if (!(await this.#run.until(this.#cluster, NODE_MS, isShown)))
        throw new TalosctlFailure(`${failing}1 error(s) occurred:\n\tnode ${machine.name} version mismatch`);
      this.#say(` < ${JSON.stringify(machine.ip)}: successfully updated`);
    }
  }

  /** False when the image is the wanted one already: a run that is done again skips it. */
  #patch(machine: Machine, what: string, path: [string, string], image: string, failing: string): boolean {
    if (machine.stage === 'off' || machine.stage === 'rebooting')
      throw new TalosctlFailure(`${failing}${dialError(machine.ip, 'connect: connection refused')}`);
    const old = asText(at(configOf(this.#cluster, machine), ...path, 'image'));
    if (old === image) return false;
    this.#say(` > update ${what}: ${/:v?([^:]+)$/.exec(old)?.[1] ?? this.#plan.from} -> ${this.#plan.to}`);
    if (this.#isDry) this.#say(' > skipped in dry-run');
    else this.#write(machine, path, image);
    return true;
  }

  #write(machine: Machine, [section, member]: [string, string], image: string): void {
    const document: ConfigDocument = configOf(this.#cluster, machine);
    const patch = { [section]: { [member]: { ...asObject(at(document, section, member)), image } } };
    setConfig(this.#cluster, machine, applyPatch(document, patch));
  }

  async #hangsByFault(machine: Machine): Promise<void> {
    if (this.#cluster.faults.take('tool_hangs', { node: machine.name }) !== undefined) await this.#run.forever();
  }
}

/** `talosctl upgrade-k8s`: control plane, kube-proxy, kubelets, manifests; may be run again (contractors.md 5.2). */
export const upgradeK8s: Command = {
  path: 'upgrade-k8s',
  role: 'os:admin',
  flags: [
    { name: 'from', type: 'text' },
    { name: 'to', type: 'text' },
    { name: 'endpoint', type: 'text' },
    { name: 'with-examples', type: 'bool' },
    { name: 'with-docs', type: 'bool' },
    { name: 'pre-pull-images', type: 'bool' },
    { name: 'upgrade-kubelet', type: 'bool' },
    { name: 'dry-run', type: 'bool' },
    { name: 'kubelet-image', type: 'text' },
    { name: 'apiserver-image', type: 'text' },
    { name: 'controller-manager-image', type: 'text' },
    { name: 'scheduler-image', type: 'text' },
    { name: 'proxy-image', type: 'text' },
    ...MANIFEST_FLAGS,
  ],
  async run(run) {
    const target = await run.single(false);
    warnOfOlder(run, [target]);
    const { cluster } = target;
    const isDry = isOn(run.values, 'dry-run', false);
    const withKubelet = isOn(run.values, 'upgrade-kubelet', true);
    const plan = planUpgrade(run, cluster, withKubelet);
    const upgrade = new Upgrade(run, cluster, plan, isDry);
    if (isOn(run.values, 'pre-pull-images', true)) await upgrade.prePull(withKubelet);
    for (const component of CONTROL_PLANE_COMPONENTS) await upgrade.staticPods(component);
    upgrade.proxy();
    if (withKubelet) await upgrade.kubelets();
    else run.sink.out('skipped updating kubelet\n');
    await syncManifests(run, cluster, plan, isDry);
  },
};
