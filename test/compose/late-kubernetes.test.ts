import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lateKubernetes } from '../../src/compose/late-kubernetes.ts';
import { unavailableCluster } from '../../src/compose/unavailable-cluster.ts';
import { DivisionError } from '../../src/errors.ts';
import { connectCluster } from '../../src/kubernetes/connect.ts';
import {
  clock,
  clusterConfig,
  kubeconfigText,
  never,
  recordingLog,
  temporaryFile,
} from '../kubernetes/cluster-fixture.ts';
import { runningWorld } from '../simulation/kubernetes-api/running-world.ts';

const reason = new DivisionError('INPUT_INVALID', 'no kubeconfig yet', 'write one');

describe('a cluster whose kubeconfig can’t be used yet', () => {
  it('answers with the reason until it can, and then as if it always had: it connects once', async () => {
    const world = await runningWorld({ seed: 1, speed: 1 });
    onTestFinished(() => world.stop());
    const kubeconfig = temporaryFile('kubeconfig', '');
    await rm(kubeconfig);
    const config = clusterConfig({ kubeconfig, context: 'admin@staging', servers: [] }, 'operate');
    const opened: unknown[] = [];
    const late = lateKubernetes(unavailableCluster(config, reason), async () => {
      const connection = await connectCluster(config, { clock, log: recordingLog().log });
      opened.push(connection);
      return connection;
    });
    onTestFinished(() => late.close());
    const { kubernetes, workloads } = late.ports;
    expect(kubernetes.cluster).toBe('staging');
    await expect(kubernetes.nodes(never())).rejects.toBe(reason);

    await writeFile(kubeconfig, kubeconfigText(world.api.vip));
    const [nodes, again, namespaces] = await Promise.all([
      kubernetes.nodes(never()),
      kubernetes.nodes(never()),
      workloads.namespaces(never()),
    ]);
    expect(nodes.map(({ name }) => name)).toContain('rehearsal-cp-1');
    expect([again.length, namespaces.length > 0, opened.length]).toEqual([nodes.length, true, 1]);
    late.close();
    await expect(kubernetes.nodes(never())).rejects.toBe(reason);
  });

  it('hides no defect behind the reason', async () => {
    const defect = new TypeError('a defect');
    const { config } = unavailableCluster(
      clusterConfig({ kubeconfig: '', context: 'c', servers: [] }, 'observe'),
      reason,
    ).ports;
    const late = lateKubernetes(unavailableCluster(config, reason), () => Promise.reject(defect));
    await expect(late.ports.kubernetes.nodes(never())).rejects.toBe(defect);
  });
});
