import type { Performer } from './effect-performer.ts';

export const writeKubeconfig: Performer<'write_kubeconfig'> = async (effect, { writers, authorization, signal }) => {
  const { address, endpoints, path } = effect;
  const written = await writers.talos.writeKubeconfig(authorization, { address, endpoints, path }, signal);
  return { result: 'ok', detail: `kubeconfig of ${written.bytes} bytes, sha256 ${written.sha256.slice(0, 16)}` };
};
