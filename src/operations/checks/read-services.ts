import type { ServiceState } from '../../decisions/checks/services.ts';
import { at, labelsAt, objectsAt, textAt } from '../../decisions/manifest/json.ts';
import { matchesLabels } from '../../decisions/selector.ts';
import type { PodFacts } from '../../model/facts.ts';
import type { ObjectFacts } from '../../model/workload-facts.ts';
import type { ClusterScene } from './subject.ts';

const SLICE_SERVICE = 'kubernetes.io/service-name';

/** Every Service with what is behind it: by EndpointSlices; in a cluster that keeps none, by the pods it selects. [KUBERNETES_*] */
export async function readServices({ cluster, signal }: ClusterScene): Promise<ServiceState[]> {
  const list = (apiVersion: string, kind: string) => cluster.workloads.list({ apiVersion, kind }, {}, signal);
  const [found, slices, known] = await Promise.all([
    list('v1', 'Service'),
    list('discovery.k8s.io/v1', 'EndpointSlice'),
    cluster.kubernetes.pods({}, signal),
  ]);
  return found.map(service => (slices.length > 0 ? bySlices(service, slices) : byPods(service, known)));
}

const named = ({ ref, body }: ObjectFacts) => ({
  namespace: ref.namespace ?? '',
  name: ref.name,
  selects:
    Object.keys(labelsAt(body, 'spec', 'selector')).length > 0 && textAt(body, 'spec', 'type') !== 'ExternalName',
});

function bySlices(service: ObjectFacts, slices: readonly ObjectFacts[]): ServiceState {
  const { namespace, name, selects } = named(service);
  const endpoints = slices
    .filter(({ ref, labels }) => ref.namespace === namespace && labels[SLICE_SERVICE] === name)
    .flatMap(({ body }) => objectsAt(body, 'endpoints'));
  const ready = endpoints.filter(endpoint => at(endpoint, 'conditions', 'ready') !== false).length;
  return { namespace, name, selects, ready, notReady: endpoints.length - ready };
}

function byPods(service: ObjectFacts, known: readonly PodFacts[]): ServiceState {
  const { namespace, name, selects } = named(service);
  const matchLabels = labelsAt(service.body, 'spec', 'selector');
  const behind = known.filter(
    pod => selects && pod.namespace === namespace && matchesLabels({ matchLabels }, pod.labels),
  );
  const ready = behind.filter(({ isReady }) => isReady).length;
  return { namespace, name, selects, ready, notReady: behind.length - ready };
}
