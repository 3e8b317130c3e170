import { served } from '../hand-made-cluster.ts';
import { openRealApi } from './real-api.ts';
import type { ApiUnderTest } from './scratch-namespace.ts';

/** Names the kubeconfig of a real API server; without it the suites run against the simulation. */
const KUBECONFIG_VARIABLE = 'CONTAINERS_GM_TEST_KUBECONFIG';

/** Opens what the suites run against. The simulation keeps its last `historyLimit` events for watches. */
export async function openApiUnderTest(historyLimit = 10_000): Promise<ApiUnderTest> {
  const kubeconfig = process.env[KUBECONFIG_VARIABLE] ?? '';
  if (kubeconfig !== '') return openRealApi(kubeconfig);
  const { api } = await served({ historyLimit });
  return { vip: api.vip, isReal: false, minor: 35, namespace: 'default', close: () => api.close() };
}
