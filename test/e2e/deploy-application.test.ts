/** Scenario 1 of the seed through real parts: applications of three namespaces side by side, one of which does not fit. */
import { rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeHelm } from '../helm/fake-helm.ts';
import { CLUSTER, type Home, homeForTest } from './division-home.ts';
import { killAtOnce } from './processes.ts';

const manifests = (name: string, cpu = '50m'): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app.kubernetes.io/name: ${name}}}
spec:
  replicas: 2
  selector: {matchLabels: {app.kubernetes.io/name: ${name}}}
  template:
    metadata: {labels: {app.kubernetes.io/name: ${name}}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app.kubernetes.io/name: ${name}}}}
      containers:
        - name: web
          image: registry.example/${name}:1.4.2
          ports: [{containerPort: 8080}]
          resources: {requests: {cpu: ${cpu}, memory: 32Mi}, limits: {cpu: ${cpu}, memory: 64Mi}}
          livenessProbe: {httpGet: {path: /healthz, port: 8080}}
          readinessProbe: {httpGet: {path: /readyz, port: 8080}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app.kubernetes.io/name: ${name}}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${name}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: ${name}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;

async function deploy(home: Home, applications: { name: string; manifests: string }[]) {
  const host = await home.host();
  const task = { playbook: 'deploy_application', cluster: CLUSTER, applications };
  const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
  const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
  return { host, id };
}

async function readyOf(home: Home, namespace: string): Promise<number | undefined> {
  const { clusters } = await home.simulation();
  const url = `${clusters[CLUSTER]?.servers[0] ?? ''}/apis/apps/v1/namespaces/${namespace}/deployments/${namespace}`;
  const response = await fetch(url);
  const body = (await response.json()) as { status?: { readyReplicas?: number } };
  return body.status?.readyReplicas;
}

describe('deploy_application', () => {
  it('R212, R213, R318: namespaces side by side; what does not fit stops alone, the others serve, and both is said', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 2 });
    const { host, id } = await deploy(home, [
      { name: 'shop', manifests: manifests('shop') },
      { name: 'huge', manifests: manifests('huge', '500') },
      { name: 'blog', manifests: manifests('blog') },
    ]);
    await home.written(id, entry => entry.kind === 'outcome' && entry.effect.kind === 'apply_objects');
    await killAtOnce(await home.executorPid());
    const operation = await host.end(id, 'failed');
    expect(operation.stopped).toMatchObject({ code: 'CAPACITY_SHORT' });
    expect(operation.result_summary).toContain('shop serves in shop');
    expect(operation.result_summary).toContain('blog serves in blog');
    expect(await readyOf(home, 'shop')).toBe(2);
    expect(await readyOf(home, 'huge')).toBeUndefined();
    const journal = await home.journal(id);
    const at = (step: string, state: string): number =>
      journal.findIndex(entry => entry.kind === 'step' && entry.step.endsWith(step) && entry.state === state);
    // Both roll out at the same time.
    expect(at('blog/application-3/validate', 'running')).toBeLessThan(at('shop/application-1/rollout', 'done'));
  }, 90_000);

  it('R341: a chart of the helm on the server’s PATH serves as manifests do, and is not rendered again', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 2 });
    const { directory, executable } = fakeHelm(`print(${JSON.stringify(`---\n${manifests('shop')}`)})`);
    home.environment.PATH = `${directory}${delimiter}${process.env.PATH ?? ''}`;
    const chart = { chart: 'stable/shop', version: '1.4.2', values: 'a: b' };
    const host = await home.host();
    const task = { playbook: 'deploy_application', cluster: CLUSTER, applications: [{ name: 'shop', chart }] };
    const plan = (await host.call('decompose_task', { task })).structured.plan as { plan_hash: string };
    await rm(executable);
    const id = String((await host.call('execute_plan', { plan_hash: plan.plan_hash })).structured.operation_id);
    await host.end(id, 'succeeded');
    expect(await readyOf(home, 'shop')).toBe(2);
  }, 60_000);

  it('R311: a secret in a ConfigMap stops it before anything is sent, and its value is nowhere', async () => {
    const home = await homeForTest({ controlPlanes: 1, workers: 1 });
    const secret = 'hunter2-hunter2-hunter2';
    const config = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {DB_PASSWORD: ${secret}}\n`;
    const { host, id } = await deploy(home, [{ name: 'shop', manifests: manifests('shop') + config }]);
    const operation = await host.end(id, 'failed');
    expect(operation.stopped?.reason).toContain('ConfigMap shop/shop');
    expect(JSON.stringify(operation)).not.toContain(secret);
    expect(JSON.stringify(await home.journal(id))).not.toContain(secret);
    expect(await readyOf(home, 'shop')).toBeUndefined();
  }, 60_000);
});
