/** `helm template` as a process: no shell, no cluster, values by standard input. */
import { type ExecFileException, execFile } from 'node:child_process';
import { devNull, tmpdir } from 'node:os';
import { DivisionError } from '../errors.ts';
import { withDeadline } from '../host/deadline.ts';
import type { ChartRequest, Charts } from '../ports/charts.ts';
import { redact } from '../redaction/redact.ts';
import { withoutValues } from './without-values.ts';

/** A chart may have to be fetched first. */
const DEADLINE_MS = 60_000;
/** More is no manifest that could be deployed: those end at 1 MiB. */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const TOLD_CHARACTERS = 400;
/** What helm needs to find its repositories and reach them; nothing that would lead it to a cluster. */
const PASSED_ON = /^(PATH|HOME|LANG|TMPDIR|XDG_.*|HELM_.*|SSL_CERT_.*|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/;
const HELM_TO_CLUSTER = /^HELM_KUBE/;

interface HelmSettings {
  /** Default: helm of the PATH. */
  executable?: string;
  deadlineMs?: number;
  environment?: NodeJS.ProcessEnv;
}

/** @see https://helm.sh/docs/helm/helm_template: exit code 0 and manifests on stdout, or another and `Error: …` on stderr. */
export function openCharts(settings: HelmSettings = {}): Charts {
  const { executable = 'helm', deadlineMs = DEADLINE_MS, environment = process.env } = settings;
  return {
    render: (request, signal) =>
      new Promise((resolve, reject) => {
        const limit = withDeadline(signal, deadlineMs);
        const child = execFile(
          executable,
          argvOf(request),
          {
            // Where no folder of the caller's can stand for repository/chart.
            cwd: tmpdir(),
            env: environmentOf(environment),
            encoding: 'utf8',
            signal: limit,
            killSignal: 'SIGKILL',
            maxBuffer: MAX_OUTPUT_BYTES,
            shell: false,
          },
          (error, stdout, stderr) => {
            if (error === null) resolve(stdout);
            else reject(failureOf(error, stderr, { request, deadlineMs, isCancelled: signal.aborted }));
          },
        );
        // One that ends without reading its input is told of by its exit code.
        child.stdin?.on('error', () => undefined);
        child.stdin?.end(request.values ?? '');
      }),
  };
}

/** `--values -` reads standard input. What a user names stands after `--`: it is never an option. */
const argvOf = ({ chart, version, release, namespace, kubernetesVersion }: ChartRequest): string[] => [
  'template',
  '--include-crds',
  '--values=-',
  `--namespace=${namespace}`,
  ...(version === undefined ? [] : [`--version=${version}`]),
  ...(kubernetesVersion === undefined ? [] : [`--kube-version=${kubernetesVersion}`]),
  '--',
  release,
  chart,
];

const environmentOf = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) => PASSED_ON.test(name) && !HELM_TO_CLUSTER.test(name)),
  ),
  KUBECONFIG: devNull,
});

interface Failed {
  request: ChartRequest;
  deadlineMs: number;
  isCancelled: boolean;
}

function failureOf(error: ExecFileException, stderr: string, { request, deadlineMs, isCancelled }: Failed) {
  const { chart, values } = request;
  if (isCancelled) return new DivisionError('CANCELLED', `rendering ${chart} was cancelled`, 'plan again');
  if (error.name === 'AbortError') {
    const remedy = 'render it yourself with helm template and give the manifests, or give the chart as an archive';
    return new DivisionError('TIMEOUT', `helm did not render ${chart} within ${deadlineMs} ms and was ended`, remedy);
  }
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    const remedy =
      'install helm on the PATH of this server, or render it yourself with helm template and give manifests';
    return new DivisionError('CAPABILITY_MISSING', 'helm is not installed here: a chart cannot be rendered', remedy);
  }
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    const message = `helm printed more than ${MAX_OUTPUT_BYTES} bytes for ${chart} and was ended`;
    return new DivisionError('INPUT_INVALID', message, 'deploy it in parts');
  }
  const said = redact(withoutValues(stderr, values)).replaceAll(/\s+/g, ' ').trim().slice(-TOLD_CHARACTERS);
  const how = typeof error.code === 'number' ? `exit code ${error.code}` : `signal ${error.signal ?? 'unknown'}`;
  const remedy = 'correct the chart, its version or the values (helm template shows the same), and plan again';
  return new DivisionError('INPUT_INVALID', `helm could not render ${chart} (${how}): ${said || 'no reason'}`, remedy);
}
