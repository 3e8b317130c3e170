/** A chart becomes manifests when it is planned: from there on it is linted, tried, applied and rolled back as they are. */
import { type ChartHook, chartObjects } from '../decisions/manifest/chart-hooks.ts';
import { DivisionError } from '../errors.ts';
import type { Chart } from '../model/task.ts';
import type { FrontEnd } from '../ports.ts';

export interface RenderedChart {
  manifests: string;
  /** Hooks that were left out. */
  skipped: readonly string[];
}

interface ChartOf {
  cluster: string;
  name: string;
  namespace: string;
  chart: Chart;
}

const named = ({ object, hooks }: ChartHook): string => `${object} (${hooks.join(', ')})`;

/**
 * The manifests of a chart as the named cluster's Kubernetes gets them, without its hooks (ledger R341). [INPUT_INVALID for a chart that
 * needs hooks or renders nothing, and as ports/charts]
 */
export async function renderedChart(
  front: Pick<FrontEnd, 'charts' | 'clusters'>,
  { cluster, name, namespace, chart }: ChartOf,
  signal: AbortSignal,
): Promise<RenderedChart> {
  const ports = (await front.clusters(signal)).find(({ config }) => config.name === cluster);
  const servers = (await ports?.kubernetes.servers(signal)) ?? [];
  const kubernetesVersion = servers.find(({ version }) => version !== undefined)?.version;
  const request = { ...chart, release: name, namespace, kubernetesVersion };
  const { manifests, skipped, needed } = chartObjects(await front.charts.render(request, signal));
  if (needed.length > 0) {
    throw new DivisionError(
      'INPUT_INVALID',
      `${name}: its chart has hooks, which only a Helm release runs: ${needed.slice(0, 5).map(named).join('; ')}`,
      'switch them off in the values, or render it yourself with helm template, put the hooks in their order and give the manifests',
    );
  }
  if (manifests === '') {
    const remedy = 'look at the values: helm template shows the same';
    throw new DivisionError('INPUT_INVALID', `${name}: its chart renders no object`, remedy);
  }
  return { manifests, skipped: skipped.map(named) };
}
