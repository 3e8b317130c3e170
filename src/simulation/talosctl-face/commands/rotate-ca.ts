import type { Identity } from '../../world/certificates.ts';
import type { SimCluster } from '../../world/cluster.ts';
import { restartStaticPod } from '../../world/control-plane-components.ts';
import type { Machine } from '../../world/machine.ts';
import { authorityOf, issueClient, YEAR_MS } from '../../world/pki.ts';
import { isOn, textOf } from '../argv.ts';
import { rpcError, TalosctlFailure } from '../failure.ts';
import type { Command, Run } from '../run.ts';
import { talosconfigText } from '../talosconfig.ts';

const STEP_MS = 3_000;
const RESTART_MS = 20_000;
const DRY =
  'Dry-run mode enabled, no changes were made to the cluster, re-run with `--dry-run=false` to apply the changes.';

const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
const quoted = (machines: readonly Machine[]): string => `[${machines.map(({ ip }) => JSON.stringify(ip)).join(' ')}]`;
const ofRole = (cluster: SimCluster, role: Machine['role']): Machine[] =>
  [...cluster.machines.values()].filter(machine => machine.role === role);

/** One rotation of one authority, told step by step on stdout. */
class Rotation {
  readonly #run: Run;
  readonly #cluster: SimCluster;
  readonly #isDry: boolean;

  constructor(run: Run, cluster: SimCluster, isDry: boolean) {
    this.#run = run;
    this.#cluster = cluster;
    this.#isDry = isDry;
  }

  say(text: string): void {
    this.#run.sink.out(`${text}\n`);
  }

  topology(): void {
    this.say('> Cluster topology:');
    this.say(`  - control plane nodes: ${quoted(ofRole(this.#cluster, 'controlplane'))}`);
    this.say(`  - worker nodes: ${quoted(ofRole(this.#cluster, 'worker'))}`);
  }

  authority(label: string, { certificate, key }: Identity): void {
    this.say(`> ${label}:`);
    this.say(`  crt: ${base64(certificate)}`);
    this.say(`  key: ${base64(key)}`);
  }

  /** A change of every node's configuration of these roles. Throws when a node does not answer. */
  async change(what: string, machines: readonly Machine[], act: (machine: Machine) => Promise<void>): Promise<void> {
    this.say(`> ${what}...`);
    for (const machine of machines) {
      if (this.#isDry) {
        this.say(`  - ${machine.ip}: skipped (dry-run)`);
        continue;
      }
      await this.#run.sleep(this.#cluster, STEP_MS);
      if (machine.stage !== 'running')
        throw new TalosctlFailure(
          `error updating node ${JSON.stringify(machine.ip)}: ${rpcError('Unavailable', 'connection refused')}`,
        );
      await act(machine);
      this.say(`  - ${machine.ip}: OK`);
    }
  }
}

const nothing = async (): Promise<void> => {};

async function rotateTalos(run: Run, cluster: SimCluster, isDry: boolean): Promise<void> {
  const rotation = new Rotation(run, cluster, isDry);
  const context = run.context();
  const machines = [...ofRole(cluster, 'controlplane'), ...ofRole(cluster, 'worker')];
  const next = authorityOf(cluster, 'talos', cluster.pki.talos + 1);
  rotation.say(`> Starting Talos API PKI rotation, dry-run mode ${isDry}...`);
  rotation.say(`> Using config context: ${JSON.stringify(context.name)}`);
  rotation.say(`> Using Talos API endpoints: [${context.endpoints.map(one => JSON.stringify(one)).join(' ')}]`);
  rotation.topology();
  rotation.authority('Current Talos CA', authorityOf(cluster, 'talos'));
  rotation.authority('New Talos CA', next);
  const client = issueClient(cluster, 'talos', {
    organization: 'os:admin',
    fromMs: cluster.now(),
    ttlMs: YEAR_MS,
    ordinal: cluster.pki.talos + 1,
  });
  const text = talosconfigText({
    name: context.name,
    endpoints: context.endpoints,
    nodes: [],
    ca: base64(next.certificate),
    crt: base64(client.certificate),
    key: base64(client.key),
  });
  rotation.say(`> Generating new talosconfig:\n${text}`);
  const verify = (label: string): void => {
    rotation.say(`> Verifying connectivity with ${label}:`);
    for (const { ip, running } of machines)
      rotation.say(`  - ${ip}: OK (${isDry ? 'dry-run' : `version ${running.version}`})`);
  };
  verify('existing PKI');
  await rotation.change('Adding new Talos CA as accepted', machines, nothing);
  verify('new client cert, but old server CA');
  await rotation.change('Making new Talos CA the issuing CA, old Talos CA the accepted CA', machines, nothing);
  verify('new PKI');
  await rotation.change('Removing old Talos CA from the accepted CAs', machines, nothing);
  verify('new PKI');
  if (isDry) {
    rotation.say(`> ${DRY}`);
    return;
  }
  cluster.pki.talos += 1;
  const output = textOf(run.values, 'output') ?? 'talosconfig';
  rotation.say(`> Writing new talosconfig to ${JSON.stringify(output)}`);
  run.sink.file(run.path(output), Buffer.from(text));
}

async function rotateKubernetes(run: Run, cluster: SimCluster, isDry: boolean): Promise<void> {
  const rotation = new Rotation(run, cluster, isDry);
  const controlPlanes = ofRole(cluster, 'controlplane');
  const machines = [...controlPlanes, ...ofRole(cluster, 'worker')];
  rotation.say(`> Starting Kubernetes API PKI rotation, dry-run mode ${isDry}...`);
  rotation.topology();
  rotation.say('> Building current Kubernetes client...');
  rotation.authority('Current Kubernetes CA', authorityOf(cluster, 'kubernetes'));
  rotation.authority('New Kubernetes CA', authorityOf(cluster, 'kubernetes', cluster.pki.kubernetes + 1));
  const ready = cluster.store.list('nodes').length;
  const verify = (label: string): void => {
    rotation.say(`> Verifying connectivity with ${label}...`);
    rotation.say(isDry ? ' - OK (dry-run mode)' : ` - OK (${ready} nodes ready)`);
  };
  verify('existing PKI');
  const restart = async (machine: Machine): Promise<void> => {
    if (machine.role !== 'controlplane') return;
    restartStaticPod(cluster, machine, 'kube-apiserver');
    await run.sleep(cluster, RESTART_MS);
  };
  await rotation.change('Adding new Kubernetes CA as accepted', machines, restart);
  await rotation.change(
    'Making new Kubernetes CA the issuing CA, old Kubernetes CA the accepted CA',
    machines,
    restart,
  );
  if (!isDry) cluster.pki.kubernetes += 1;
  rotation.say('> Building new Kubernetes client...');
  verify('new PKI');
  await rotation.change('Removing old Kubernetes CA from the accepted CAs', machines, restart);
  rotation.say('> Building new Kubernetes client...');
  verify('new PKI');
  if (isDry) rotation.say(`> ${DRY}`);
  else rotation.say("> Kubernetes CA rotation done, new 'kubeconfig' can be fetched with `talosctl kubeconfig`.");
}

/** `talosctl rotate-ca`: a dry run unless told otherwise; prints private keys (contractors.md 5.5). */
export const rotateCa: Command = {
  path: 'rotate-ca',
  role: 'os:admin',
  flags: [
    { name: 'init-node', type: 'text' },
    { name: 'control-plane-nodes', type: 'list' },
    { name: 'worker-nodes', type: 'list' },
    { name: 'k8s-endpoint', type: 'text' },
    { name: 'with-examples', type: 'bool' },
    { name: 'with-docs', type: 'bool' },
    { name: 'output', short: 'o', type: 'text' },
    { name: 'dry-run', type: 'bool' },
    { name: 'talos', type: 'bool' },
    { name: 'kubernetes', type: 'bool' },
  ],
  async run(run) {
    const { cluster } = await run.single();
    const isDry = isOn(run.values, 'dry-run', true);
    if (isOn(run.values, 'talos', true)) await rotateTalos(run, cluster, isDry);
    if (isOn(run.values, 'kubernetes', true)) await rotateKubernetes(run, cluster, isDry);
  },
};
