// What the bundle puts in the place of what the official Kubernetes client's KubeConfig takes for its own transport, which ours
// replaces: node-fetch with its tables of Unicode, and the generated calls of every API, a megabyte together.
export const { Headers } = globalThis;

/** Of KubeConfig.makeApiClient, which nobody calls here. */
export function createConfiguration() {
  throw new TypeError('the generated calls are not part of the bundle');
}
export class ServerConfiguration {}
