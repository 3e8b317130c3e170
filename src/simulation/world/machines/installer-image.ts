import type { SimCluster } from '../cluster.ts';
import type { Machine, Slot } from '../machine.ts';
import { parseVersion } from '../talos-release.ts';

/** The image factory's schematic without any extension. */
export const VANILLA_SCHEMATIC = '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d32b4ba';

/** What an installer image installs: its version and its schematic (none in the path = no extensions). */
export function slotOfImage(image: string): Slot | undefined {
  const match = /^([^\s@]+):(v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:@sha256:[0-9a-f]{64})?$/.exec(image);
  const [, repository = '', version] = match ?? [];
  if (version === undefined || !repository.includes('/')) return undefined;
  const schematic = /\/([0-9a-f]{63,64})$/.exec(repository)?.[1] ?? VANILLA_SCHEMATIC;
  return { version, schematic };
}

/** True for images a registry would have: known minors, and ghcr.io/siderolabs/installer only until 1.13. */
function exists(image: string, slot: Slot): boolean {
  const version = parseVersion(slot.version);
  if (version === undefined || version.major !== 1 || version.minor < 8 || version.minor > 14) return false;
  if (version.patch > 30) return false;
  return !(image.startsWith('ghcr.io/siderolabs/installer:') && version.minor >= 14);
}

/** The gRPC error of an image that cannot be pulled; undefined when it can. */
export function imageProblem(cluster: SimCluster, machine: Machine, image: string): string | undefined {
  const slot = slotOfImage(image);
  const isMissing =
    cluster.faults.take('image_missing', { node: machine.name }) !== undefined ||
    slot === undefined ||
    !exists(image, slot);
  if (!isMissing) return undefined;
  return [
    `rpc error: code = Unknown desc = error validating installer image "${image}": 1 error(s) occurred:`,
    `    failed to pull image "${image}": failed to resolve reference "${image}": ${image}: not found`,
  ].join('\n');
}
