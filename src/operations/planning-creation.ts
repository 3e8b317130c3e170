/** What speaks against creating a cluster, all at once: it is there already, or what it is made of does not fit. */
import { type MachineRole, machinesOfNewCluster } from '../decisions/cluster-creation.ts';
import type { Config } from '../model/config.ts';
import type { Finding } from '../model/plan.ts';
import type { KeptTask } from '../model/task.ts';
import type { ClusterPorts } from '../ports.ts';
import { isWithin, machineConfigPath, readMachineConfig, wantedMachine } from './machine-config.ts';
import type { ClusterLook } from './read-cluster.ts';
import { readPlane } from './read-control-plane.ts';

type CreationTask = Extract<KeptTask, { playbook: 'create_cluster' }>;

/** [CANCELLED] */
export async function creationFindings(
  task: CreationTask,
  ports: ClusterPorts,
  { look, config }: { look: ClusterLook; config: Pick<Config, 'secretsDirectory'> },
  signal: AbortSignal,
): Promise<Finding[]> {
  const { kubernetes, talos, simulated } = ports.config;
  const planes = await Promise.all(talos.endpoints.map(address => readPlane(ports, address, signal)));
  const configured = planes.filter(({ facts }) => facts.systemUuid !== undefined || facts.stage !== undefined);
  const { secretsDirectory } = config;
  const isReachable = simulated || isWithin(secretsDirectory, kubernetes.kubeconfig);
  const machines = machinesOfNewCluster(task, talos.endpoints, task.addresses ?? expected(task, talos.endpoints));
  const problems = await configProblems(task, secretsDirectory);
  const against = (code: string, subject: string, message: string, remedy: string, rule: string): Finding => ({
    code,
    cluster: task.name,
    subject,
    message,
    remedy,
    rule,
  });
  const isThere = (subject: string, message: string): Finding =>
    against('OPERATION_CONFLICT', subject, message, 'run cluster_health: what is there is not created', ONCE);
  return [
    ...(answers(look) ? [isThere(task.name, `a Kubernetes answers for ${task.name} already`)] : []),
    ...configured.map(({ target }) => isThere(target.address, `${target.address} has a configuration already`)),
    ...(typeof machines === 'string'
      ? [against('INPUT_INVALID', task.name, machines, 'name one address a machine, then plan again', 'SAFETY 1')]
      : []),
    ...problems.map(({ path, message }) =>
      against('INPUT_INVALID', path, `${path} ${message}`, GENERATE(task.name), 'ledger R324'),
    ),
    ...(isReachable
      ? []
      : [
          against(
            'INPUT_INVALID',
            kubernetes.kubeconfig,
            `the kubeconfig of ${task.name} is looked for outside ${secretsDirectory}, where none is written`,
            `set clusters.${task.name}.kubernetes.kubeconfig to a path in secrets_dir, then plan again`,
            'CONTRACT: no secret leaves secrets_dir',
          ),
        ]),
  ];
}

const ONCE = 'ledger R324: bootstrapped once in a cluster’s life';

const GENERATE = (name: string): string =>
  `make them with \`talosctl gen config ${name} https://ENDPOINT:6443\`, put them there as control-plane.yaml and worker.yaml (0600), then plan again`;

/** Where Infrastructure is asked for the machines: those at the endpoints, and as many others as are wanted. */
const expected = ({ workers }: CreationTask, endpoints: readonly string[]): string[] => [
  ...endpoints,
  ...Array.from({ length: workers }, (_, index) => `worker ${index + 1}`),
];

/** Who refuses us is there too. */
const answers = ({ facts, unreadable }: ClusterLook): boolean =>
  facts !== undefined || unreadable?.startsWith('KUBERNETES_DENIED') === true;

async function configProblems(
  task: CreationTask,
  secretsDirectory: string,
): Promise<{ path: string; message: string }[]> {
  const roles: MachineRole[] = task.workers > 0 ? ['control-plane', 'worker'] : ['control-plane'];
  const read = await Promise.all(
    roles.map(async role => {
      const path = machineConfigPath(secretsDirectory, task.name, role);
      const { sha256, problem } = await readMachineConfig(path, wantedMachine(task, role));
      return { path, message: sha256 === undefined ? 'is not there' : problem };
    }),
  );
  return read.flatMap(({ path, message }) => (message === undefined ? [] : { path, message }));
}
