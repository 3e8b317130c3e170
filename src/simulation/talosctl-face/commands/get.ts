import { isOn, textOf } from '../argv.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import { warnOfOlder } from '../older-nodes.ts';
import { CERTIFICATE_KINDS } from '../resources/certificates.ts';
import { CLUSTER_KINDS } from '../resources/cluster.ts';
import { machineConfig } from '../resources/config.ts';
import { DISK_KINDS } from '../resources/disks.ts';
import { KUBERNETES_KINDS } from '../resources/kubernetes.ts';
import { MACHINE_KINDS } from '../resources/machine.ts';
import { isRealKind } from '../resources/real-kinds.ts';
import type { ResourceKind, TalosResource } from '../resources/resource.ts';
import { isNamed } from '../resources/resource.ts';
import type { Command, Run } from '../run.ts';
import { table } from '../table.ts';
import { yaml } from '../yaml.ts';

const KINDS = [
  ...CLUSTER_KINDS,
  ...MACHINE_KINDS,
  ...DISK_KINDS,
  ...KUBERNETES_KINDS,
  ...CERTIFICATE_KINDS,
  machineConfig,
];

interface Answer {
  address: string;
  answer: TalosResource[];
}

function documentOf(kind: ResourceKind, address: string, resource: TalosResource): Record<string, unknown> {
  const at = `${new Date(resource.createdMs).toISOString().slice(0, 19)}Z`;
  return {
    node: address,
    metadata: {
      namespace: resource.namespace,
      type: kind.type,
      id: resource.id,
      version: resource.version ?? 1,
      ...(resource.owner === undefined ? {} : { owner: resource.owner }),
      phase: 'running',
      created: at,
      updated: at,
    },
    spec: resource.text ?? resource.spec,
  };
}

/** Concatenated indented objects: neither an array nor one a line (contractors.md 3.5). */
function printJson(run: Run, kind: ResourceKind, answers: readonly Answer[]): void {
  for (const { address, answer } of answers) {
    for (const resource of answer) run.sink.out(`${JSON.stringify(documentOf(kind, address, resource), null, 4)}\n`);
  }
}

function printYaml(run: Run, kind: ResourceKind, answers: readonly Answer[]): void {
  const documents = answers.flatMap(({ address, answer }) =>
    answer.map(resource => yaml(documentOf(kind, address, resource))),
  );
  run.sink.out(documents.join('---\n'));
}

function printTable(run: Run, kind: ResourceKind, answers: readonly Answer[]): void {
  const rows = answers.flatMap(({ address, answer }) =>
    answer.map(resource => [
      address,
      resource.namespace,
      kind.display,
      resource.id,
      String(resource.version ?? 1),
      ...kind.columns.map(({ value }) => value(resource.spec)),
    ]),
  );
  if (rows.length === 0) return;
  const header = ['NODE', 'NAMESPACE', 'TYPE', 'ID', 'VERSION', ...kind.columns.map(({ name }) => name)];
  run.sink.out(table([header, ...rows]));
}

/** `talosctl get KIND [ID] [-o table|yaml|json]`. */
export const get: Command = {
  path: 'get',
  flags: [
    { name: 'output', short: 'o', type: 'text' },
    { name: 'namespace', type: 'text' },
    { name: 'insecure', short: 'i', type: 'bool' },
    { name: 'watch', short: 'w', type: 'bool' },
  ],
  args: [1, 2],
  async run(run) {
    const [name = '', id] = run.args;
    const output = textOf(run.values, 'output') ?? 'table';
    if (!['table', 'json', 'yaml'].includes(output)) {
      throw new TalosctlFailure(`output format ${JSON.stringify(output)} is not supported`);
    }
    if (isOn(run.values, 'watch', false)) throw notSimulated('talosctl get --watch');
    const kind = KINDS.find(other => isNamed(other, name));
    if (kind === undefined && isRealKind(name)) throw notSimulated(`talosctl get ${name}`);
    const namespace = textOf(run.values, 'namespace');
    const answers = await run.each('', target => {
      const { cluster, machine } = target;
      if (!run.isInsecure) warnOfOlder(run, [target]);
      if (kind === undefined)
        throw new TalosctlFailure(rpcError('NotFound', `resource ${JSON.stringify(name)} is not registered`));
      const found = kind
        .resources(cluster, machine)
        .filter(resource => id === undefined || resource.id === id)
        .filter(resource => namespace === undefined || resource.namespace === namespace);
      if (id !== undefined && found.length === 0) {
        throw new TalosctlFailure(rpcError('NotFound', `resource ${kind.type}(${id}) doesn't exist`));
      }
      return found;
    });
    if (kind === undefined) return;
    const print = output === 'json' ? printJson : output === 'yaml' ? printYaml : printTable;
    print(run, kind, run.isInsecure ? answers.map(({ answer }) => ({ address: '', answer })) : answers);
  },
};
