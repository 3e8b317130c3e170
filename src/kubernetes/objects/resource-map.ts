import * as z from 'zod';
import type { KubernetesApi } from '../api-call.ts';
import { refused, unintelligible } from '../failures.ts';
import { groupVersionPath } from './object-path.ts';
import { callRaw } from './raw-api.ts';

/** How the server serves a kind. */
export interface Resource {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

const ResourceList = z.looseObject({
  resources: z.array(
    z.looseObject({
      name: z.string(),
      kind: z.string(),
      namespaced: z.boolean(),
      verbs: z.array(z.string()).nullish(),
    }),
  ),
});

const PLURAL = /^[a-z0-9][a-z0-9.-]{0,252}$/;

/**
 * Which path a kind is served under (discovery, asked by group and version). What was found stays; what was not is asked anew, as a
 * CustomResourceDefinition may have come.
 */
export class ResourceMap {
  readonly #api: KubernetesApi;
  readonly #known = new Map<string, Resource>();

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  /** Undefined when the server does not serve the kind in that version. [INPUT_INVALID, KUBERNETES_*, TIMEOUT, CANCELLED] */
  async find(apiVersion: string, kind: string, signal: AbortSignal): Promise<Resource | undefined> {
    const key = `${apiVersion} ${kind}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const what = `discover ${apiVersion}`;
    const result = await callRaw(this.#api, this.#api.read(what, signal), {
      method: 'GET',
      path: groupVersionPath(apiVersion),
    });
    if ('status' in result) {
      if (result.status.code === 404) return undefined;
      throw refused(this.#api.cluster, what, result.status);
    }
    const read = ResourceList.safeParse(result.value);
    if (!read.success) throw unintelligible(this.#api.cluster, what, read.error);
    for (const { name, kind: served, namespaced } of read.data.resources) {
      if (!PLURAL.test(name)) continue;
      this.#known.set(`${apiVersion} ${served}`, { apiVersion, kind: served, plural: name, namespaced });
    }
    return this.#known.get(key);
  }
}
