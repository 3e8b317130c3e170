import { DivisionError } from '../errors.ts';
import type { ClusterPorts } from '../ports.ts';

/** The version of each cluster's talosctl. Asked once a run: it is the executable's own, and finding it out is processes of its own. */
export class TalosctlVersions {
  readonly #known = new Map<string, string>();

  /** Undefined when the contractor can't say now. [CANCELLED] */
  async of({ config, talos }: ClusterPorts, signal: AbortSignal): Promise<string | undefined> {
    const known = this.#known.get(config.name);
    if (known !== undefined) return known;
    try {
      const { clientVersion } = await talos.capabilities(signal);
      if (clientVersion !== undefined) this.#known.set(config.name, clientVersion);
      return clientVersion;
    } catch (error) {
      if (error instanceof DivisionError) return undefined;
      throw error;
    }
  }
}
