/** A Helm chart to be rendered (ledger R341). */
export interface ChartRequest {
  /** An absolute path of a folder or archive on this machine, oci://…, https://… or repository/chart. */
  chart: string;
  version?: string | undefined;
  /** YAML. May hold secrets: it goes to helm by its standard input, and into no log or error. */
  values?: string | undefined;
  release: string;
  namespace: string;
  /** Of the cluster's API server, for .Capabilities; undefined: helm's own. */
  kubernetesVersion?: string | undefined;
}

/** Renders charts; installs nothing and asks no cluster. */
export interface Charts {
  /**
   * What `helm template` prints: YAML of several documents, the chart's CRDs first, its hooks among them. [CAPABILITY_MISSING without
   * helm, INPUT_INVALID with what helm said, TIMEOUT, CANCELLED]
   */
  render(request: ChartRequest, signal: AbortSignal): Promise<string>;
}
