import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SHIMS = fileURLToPath(new URL('./client-node-shims.mjs', import.meta.url));

/**
 * For esbuild: of the official Kubernetes client only KubeConfig, with what finds credentials. Its index would bring all of it along,
 * and KubeConfig itself the client's own transport, which ours replaces: two thirds of the code the executor loads.
 */
export const kubeConfigAlone = {
  name: 'kube-config-alone',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, async ({ path: named, pluginData, ...given }) => {
      if (pluginData === SHIMS) return undefined;
      const { path } = await resolve(named, { ...given, pluginData: SHIMS });
      return { path: join(dirname(path), 'config.js') };
    });
    onResolve({ filter: /^(\.\/gen\/index\.js|node-fetch)$/ }, ({ importer }) =>
      /[\\/]@kubernetes[\\/]client-node[\\/]dist[\\/]config\.js$/.test(importer) ? { path: SHIMS } : undefined,
    );
  },
};
