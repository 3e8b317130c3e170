import { namespaceOf } from '../../decisions/lint/finding.ts';
import { type ManifestObject, readManifest } from '../../decisions/manifest/read-manifest.ts';
import { DivisionError } from '../../errors.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import type { ClusterPorts } from '../../ports.ts';
import { inCluster } from './in-cluster.ts';
import type { StepScene } from './step.ts';

export interface OnApplication {
  cluster: ClusterPorts;
  name: string;
  /** Where objects go that name no namespace. */
  namespace: string;
  manifestSha256: string;
  objects: readonly ManifestObject[];
}

/** The application of a step, its manifests read anew from the private folder. [INPUT_INVALID naming lines, NOT_FOUND, RECORD_CORRUPT] */
export async function onApplication(scene: StepScene): Promise<OnApplication> {
  const { cluster } = inCluster(scene);
  const { task, step } = scene;
  const application =
    task.playbook === 'deploy_application' ? task.applications[step.target.application ?? 0] : undefined;
  if (!application) throw new DivisionError('NOT_FOUND', `${step.id}: the plan names no application`, 'plan again');
  const { name, namespace = name, manifest_sha256: manifestSha256 } = application;
  const read = readManifest(await scene.ports.privateFiles.read(manifestSha256), namespace);
  if (!read.ok) {
    const problems = read.problems.map(({ line, message }) =>
      line === undefined ? message : `line ${line}: ${message}`,
    );
    throw new DivisionError(
      'INPUT_INVALID',
      `${name}: ${problems.slice(0, 5).join('; ')}`,
      'correct the manifest and plan again',
    );
  }
  return { cluster, name, namespace, manifestSha256, objects: read.objects };
}

const rolledOut: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

const placed = (object: ManifestObject, namespace: string): ObjectRef => ({
  ...object.ref,
  namespace: namespaceOf(object, { namespace }),
});

/** What of the application is rolled out by a controller that tells how far it is. */
export const workloadsOf = ({ objects, namespace }: OnApplication): ObjectRef[] =>
  objects
    .filter(({ ref }) => rolledOut.includes(ref.kind) && ref.apiVersion.startsWith('apps/'))
    .map(each => placed(each, namespace));

/** Services of the application that are to have addresses behind them. */
export const servicesOf = ({ objects, namespace }: OnApplication): { namespace: string; name: string }[] =>
  objects
    .filter(({ ref, body }) => ref.kind === 'Service' && ref.apiVersion === 'v1' && hasSelector(body))
    .map(object => ({ namespace: placed(object, namespace).namespace ?? namespace, name: object.ref.name }));

const hasSelector = (body: ManifestObject['body']): boolean =>
  typeof body.spec === 'object' && body.spec !== null && 'selector' in body.spec && body.spec.selector !== undefined;
