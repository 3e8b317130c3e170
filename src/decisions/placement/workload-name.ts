/** The label by which a Deployment tells its ReplicaSets apart, and whose value ends their names. */
export const TEMPLATE_HASH = 'pod-template-hash';

/** "Deployment shop/web", of a pod's controller. A ReplicaSet that carries its template's hash stands for its Deployment. */
export function workloadName(
  namespace: string,
  controller: { kind: string; name: string },
  templateHash: string | undefined,
): string {
  const { kind, name } = controller;
  const suffix = `-${templateHash}`;
  return kind === 'ReplicaSet' && templateHash !== undefined && name.endsWith(suffix)
    ? `Deployment ${namespace}/${name.slice(0, -suffix.length)}`
    : `${kind} ${namespace}/${name}`;
}
