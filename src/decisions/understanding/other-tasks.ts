/** Emergencies and deployments. */
import { Draft } from './draft.ts';
import { nameOf } from './names.ts';
import type { Request } from './request.ts';
import { clusterNames, isOneList, mentions, takeClusters, takeNode, takeWorkload } from './subjects.ts';

/** Said of a cluster these are no failure of it: its control plane may be well. */
const WEAK =
  /unhealthy|degraded|failing|stuck|faulty|ready|listo|bereit|pret|working|broken|dying|malfunction|starting|start|healthy|restarting|crash|oom|image|ungesund|roto|defekt|plante|falla/;

/** Seed 494: control plane down, etcd failed, or most nodes lost. */
export function draftClusterFailure(request: Request): Draft {
  const draft = new Draft('cluster_failure');
  const clusters = takeClusters(draft, request, 'clusters', false);
  if (clusters.length === 0) draft.lacks('clusters', 'which cluster?', clusterNames(request));
  else draft.set('clusters', clusters.sort(), clusters.join(', '));
  if (!isOneList(request)) draft.lacks('clusters', 'the same for each of them?', clusters);
  const { concepts, items } = request;
  const isDown = items.some(({ concept, text }) => concept === 'failure' || (concept === 'down' && !WEAK.test(text)));
  const isEmergency = concepts.has('emergency') && concepts.has('restore');
  if (!isDown && !isEmergency && !concepts.has('majority')) {
    draft.lacks(
      'request',
      'is the control plane down, has etcd failed, or are most nodes lost? Else check its health, or ask for etcd to be recovered',
    );
  }
  return draft;
}

export function draftNodeFailure(request: Request): Draft {
  const draft = new Draft('node_failure');
  takeNode(draft, request);
  return draft;
}

export function draftWorkloadFailure(request: Request): Draft {
  const draft = new Draft('workload_failure');
  takeWorkload(draft, request);
  return draft;
}

/** Text carries no manifests: what is deployed is given as a task. */
export function draftDeploy(request: Request): Draft {
  const draft = new Draft('deploy_application');
  const clusters = takeClusters(draft, request, 'cluster', false);
  const [cluster] = clusters;
  if (cluster !== undefined && clusters.length === 1) draft.set('cluster', cluster, cluster);
  else
    draft.lacks(
      'cluster',
      clusters.length > 1 ? 'one cluster at a time' : 'which cluster?',
      clusters.length > 1 ? clusters : clusterNames(request),
    );
  const namespaces = [...new Set(mentions(request, 'namespace').flatMap(({ references }) => references.map(nameOf)))];
  if (namespaces.length === 1) draft.set('namespace', namespaces[0], namespaces[0] ?? '');
  draft.lacks(
    'applications',
    'give the manifests: decompose_task with task {"playbook": "deploy_application", "cluster", "applications": [{"name", "namespace", "manifests"}]}',
  );
  return draft;
}
