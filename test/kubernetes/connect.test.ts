import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectCluster } from '../../src/kubernetes/connect.ts';
import { clock, clusterConfig, kubeconfigText, ONE, recordingLog, temporaryFile } from './cluster-fixture.ts';

const SECRET = 'very-secret-token';

interface Kubernetes {
  kubeconfig: string;
  context?: string;
  servers?: readonly string[];
}

async function refusal({ kubeconfig, context = 'admin@staging', servers = [] }: Kubernetes): Promise<unknown> {
  const config = clusterConfig({ kubeconfig, context, servers }, 'observe');
  return connectCluster(config, { clock, log: recordingLog().log }).catch((error: unknown) => error);
}

const withUser = (user: Record<string, unknown>, server = 'https://10.0.0.2:6443') =>
  temporaryFile('kubeconfig', kubeconfigText(server, user));

const brokenReference = (missing: 'cluster' | 'user') =>
  JSON.stringify({
    clusters: missing === 'cluster' ? [] : [{ name: 'c', cluster: { server: ONE } }],
    users: missing === 'user' ? [] : [{ name: 'u', user: { token: SECRET } }],
    contexts: [{ name: 'admin@staging', context: { cluster: 'c', user: 'u' } }],
  });

describe('connecting', () => {
  test.each<[string, () => Kubernetes, string]>([
    ['a missing kubeconfig', () => ({ kubeconfig: '/nowhere/kubeconfig' }), 'ENOENT'],
    ['a folder', () => ({ kubeconfig: tmpdir() }), 'EISDIR'],
    ['text that is not YAML', () => ({ kubeconfig: temporaryFile('k', `a: [${SECRET}`) }), 'not a kubeconfig'],
    [
      'YAML that is no kubeconfig',
      () => ({ kubeconfig: temporaryFile('k', `clusters: [{x: ${SECRET}}]`) }),
      'not a kubeconfig',
    ],
    ['an empty file', () => ({ kubeconfig: temporaryFile('k', '') }), 'not a kubeconfig'],
    ['an unknown context', () => ({ kubeconfig: withUser({ token: SECRET }), context: 'prod' }), 'no context "prod"'],
    [
      'a context without its cluster',
      () => ({ kubeconfig: temporaryFile('k', brokenReference('cluster')) }),
      'names a cluster',
    ],
    ['a context without its user', () => ({ kubeconfig: temporaryFile('k', brokenReference('user')) }), 'names a user'],
    [
      'a token over http',
      () => ({ kubeconfig: withUser({ token: SECRET }), servers: ['http://10.0.0.2:6443'] }),
      'clear text',
    ],
    ['a server that is no URL', () => ({ kubeconfig: withUser({}, SECRET) }), 'not a URL'],
    [
      'a server with a password',
      () => ({ kubeconfig: withUser({}), servers: [`https://u:${SECRET}@h`] }),
      'more than scheme',
    ],
    [
      'a server of another scheme',
      () => ({ kubeconfig: withUser({}), servers: ['ftp://h'] }),
      'neither https nor http',
    ],
  ])('%s is INPUT_INVALID with a remedy, and says nothing of the content', async (_title, kubernetes, words) => {
    const refused = await refusal(kubernetes());
    expect(refused).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining(words),
      remedy: expect.stringMatching(/\w/),
    });
    expect(refused).not.toHaveProperty('cause');
    expect(JSON.stringify(refused)).not.toContain(SECRET);
  });

  test('a token over http to this machine is accepted', async () => {
    const kubeconfig = withUser({ token: SECRET });
    expect(await refusal({ kubeconfig, servers: ['http://127.0.0.1:8001'] })).toHaveProperty('reader');
  });

  test('importing the door loads neither the client nor the adapter', async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'kube-'));
    onTestFinished(() => rmSync(outdir, { recursive: true, force: true }));
    const door = fileURLToPath(new URL('../../src/kubernetes/connect.ts', import.meta.url));
    const { metafile } = await build({
      entryPoints: [door],
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      write: false,
      metafile: true,
      outdir,
      logLevel: 'silent',
    });
    const entry = Object.values(metafile.outputs).find(output => output.entryPoint?.endsWith('kubernetes/connect.ts'));
    expect(entry?.imports.map(({ kind }) => kind)).toEqual(['dynamic-import']);
    expect(Object.keys(entry?.inputs ?? {})).toEqual([expect.stringMatching(/kubernetes\/connect\.ts$/)]);
  });
});
