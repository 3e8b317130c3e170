import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cluster, User } from '@kubernetes/client-node';
import { DivisionError } from '../errors.ts';
import type { ClusterConfig } from '../model/config.ts';
import { KubeConfig } from './client-node.ts';

/** One context of a kubeconfig, checked, and the API servers to ask. */
export interface KubeContext {
  kubeConfig: KubeConfig;
  servers: readonly URL[];
  usesProxy: boolean;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads the cluster's context. A missing or unreadable file, text that is no kubeconfig, an unknown context, and a server
 * address that can't be used are INPUT_INVALID; nothing of the file's content is ever said.
 */
export async function readKubeContext(config: ClusterConfig): Promise<KubeContext> {
  const { kubeconfig, context: contextName } = config.kubernetes;
  const parsed = await parseFile(config);
  const context = parsed.getContextObject(contextName);
  if (context === null) {
    throw invalid(
      config,
      `${kubeconfig} has no context "${contextName}"`,
      `set kubernetes.context of cluster ${config.name} in division.yaml to one that \`kubectl config get-contexts\` lists`,
    );
  }
  const cluster = parsed.getCluster(context.cluster);
  const user = context.user === '' ? { name: 'anonymous' } : parsed.getUser(context.user);
  if (cluster === null || user === null) {
    const missing = cluster === null ? 'cluster' : 'user';
    throw invalid(
      config,
      `context "${contextName}" of ${kubeconfig} names a ${missing} that is not in the file`,
      `repair the context, or name another one in division.yaml`,
    );
  }
  const addresses = config.kubernetes.servers.length > 0 ? config.kubernetes.servers : [cluster.server];
  const servers = [...new Set(addresses)].map(address => serverUrl(config, address, user));
  return { kubeConfig: narrowed(cluster, user, servers), servers, usesProxy: cluster.proxyUrl !== undefined };
}

async function parseFile(config: ClusterConfig): Promise<KubeConfig> {
  const { kubeconfig } = config.kubernetes;
  let text: string;
  try {
    text = await readFile(kubeconfig, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw invalid(
      config,
      `kubeconfig ${kubeconfig} can't be read (${code})`,
      `set kubernetes.kubeconfig of cluster ${config.name} in division.yaml to a file this user may read`,
    );
  }
  try {
    const parsed = new KubeConfig();
    parsed.loadFromString(text);
    parsed.makePathsAbsolute(dirname(kubeconfig));
    return parsed;
  } catch {
    throw invalid(
      config,
      `${kubeconfig} is not a kubeconfig`,
      `check it with \`kubectl --kubeconfig FILE config view\``,
    );
  }
}

function serverUrl(config: ClusterConfig, address: string, user: User): URL {
  const remedy = `give kubernetes.servers of cluster ${config.name} in division.yaml as https://HOST:PORT`;
  if (!URL.canParse(address)) throw invalid(config, 'a server address is not a URL', remedy);
  const url = new URL(address);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid(config, `the address of server ${url.host} holds more than scheme, host, port and path`, remedy);
  }
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') throw invalid(config, `server ${url.host} is neither https nor http`, remedy);
  const hasCredentials = [user.token, user.username, user.exec, user.authProvider].some(Boolean);
  if (hasCredentials && !LOOPBACK.test(url.hostname)) {
    throw invalid(config, `credentials would go to ${url.host} in clear text (http)`, remedy);
  }
  return url;
}

/** The official client refuses plain http unless TLS verification is off; whether http is acceptable was decided above. */
function narrowed(cluster: Cluster, user: User, servers: readonly URL[]): KubeConfig {
  const first = servers[0];
  const isPlain = first?.protocol === 'http:';
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { ...cluster, server: first?.href ?? cluster.server, skipTLSVerify: cluster.skipTLSVerify || isPlain },
    user,
  );
  return kubeConfig;
}

const invalid = (config: ClusterConfig, message: string, remedy: string): DivisionError =>
  new DivisionError('INPUT_INVALID', `cluster ${config.name}: ${message}`, remedy);
