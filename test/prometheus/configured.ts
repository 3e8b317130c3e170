import { DivisionYaml, type PrometheusConfig } from '../../src/model/config.ts';

/** The queries of a cluster whose Prometheus stands in division.yaml: the defaults, but for those that are given. */
export function queriesOf(url: string, given: Readonly<Record<string, string>> = {}): PrometheusConfig['queries'] {
  const { prometheus } =
    DivisionYaml.parse({
      clusters: {
        prod: {
          kubernetes: { context: 'c' },
          talos: { context: 'c', endpoints: ['10.0.0.2'] },
          prometheus: { url, queries: given },
        },
      },
    }).clusters.prod ?? {};
  if (prometheus === undefined) throw new Error('the defaults are gone');
  return prometheus.queries;
}
