import type { GitOpsOwner } from '../../model/workload-facts.ts';

interface Marked {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  managers: readonly string[];
}

const NAME = /^[\w.:/-]{1,253}$/;
const named = (text: string | undefined): string => (text !== undefined && NAME.test(text) ? text : 'unnamed');

const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
const INSTANCE = 'argocd.argoproj.io/instance';

/**
 * The GitOps controller that keeps an object, by its marks (Argo CD: tracking-id, instance label; Flux: labels of Kustomization and
 * HelmRelease) or by its field manager. `app.kubernetes.io/instance` alone is no mark: Helm and people set it too; Argo CD, which may
 * track by it, is told by its manager then.
 */
export function gitopsOwner({ labels, annotations, managers }: Marked): GitOpsOwner | undefined {
  const tracking = annotations[TRACKING_ID];
  if (tracking !== undefined) return { by: 'argocd', name: named(tracking.split(':')[0]), evidence: TRACKING_ID };
  const instance = labels[INSTANCE] ?? annotations[INSTANCE];
  if (instance !== undefined) return { by: 'argocd', name: named(instance), evidence: INSTANCE };
  for (const label of ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name']) {
    if (labels[label] !== undefined) return { by: 'flux', name: named(labels[label]), evidence: label };
  }
  const argo = managers.find(manager => /^argocd-(?:controller|application-controller)$/.test(manager));
  if (argo !== undefined) {
    const name = named(labels['app.kubernetes.io/instance']);
    return { by: 'argocd', name, evidence: `field manager ${argo}` };
  }
  const flux = managers.find(manager => manager === 'kustomize-controller' || manager === 'helm-controller');
  return flux === undefined ? undefined : { by: 'flux', name: 'unnamed', evidence: `field manager ${flux}` };
}
