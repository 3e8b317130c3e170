import { at, objectsAt, textAt, textsAt } from '../manifest/json.ts';
import { type ManifestObject, ofKind } from '../manifest/read-manifest.ts';
import type { Found, Rule } from './finding.ts';
import type { LintRuleId } from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';
/** Verbs by which somebody gets more rights than the rule names. */
const ESCALATING = ['escalate', 'bind', 'impersonate'];
const READING = ['get', 'list', 'watch', '*'];
/** All that have any identity, or none: nobody in particular. */
const EVERYONE = ['system:authenticated', 'system:unauthenticated', 'system:anonymous', 'system:serviceaccounts'];
const MASTERS = 'system:masters';

function rulesOf(object: ManifestObject): Found[] {
  const found: Found[] = [];
  objectsAt(object.body, 'rules').forEach((rule, index) => {
    const path = `rules[${index}]`;
    const tell = (id: LintRuleId, field: string, message: string, fix: string): void => {
      found.push({ id, object, path: `${path}.${field}`, message, fix });
    };
    const [verbs, resources] = [textsAt(rule, 'verbs'), textsAt(rule, 'resources')];
    for (const field of ['verbs', 'resources', 'apiGroups', 'nonResourceURLs']) {
      if (textsAt(rule, field).some(value => value === '*' || value === '*/*'))
        tell('rbac_wildcard', field, `${field} are all there are, those to come too`, `name the ${field} it needs`);
    }
    for (const verb of verbs.filter(value => ESCALATING.includes(value)))
      tell('rbac_escalation', 'verbs', `the verb ${verb} gives rights beyond those named`, 'leave it out');
    const readsSecrets = resources.includes('secrets') && verbs.some(verb => READING.includes(verb));
    if (readsSecrets && textsAt(rule, 'resourceNames').length === 0)
      tell(
        'rbac_all_secrets',
        'resources',
        'it reads every Secret',
        'name the Secrets in resourceNames, with verb get',
      );
  });
  return found;
}

function bindingOf(object: ManifestObject): Found[] {
  const found: Found[] = [];
  if (
    textAt(object.body, 'roleRef', 'name') === 'cluster-admin' &&
    at(object.body, 'roleRef', 'kind') === 'ClusterRole'
  )
    found.push({
      id: 'rbac_cluster_admin',
      object,
      path: 'roleRef',
      message: 'it binds cluster-admin: every right there is',
      fix: 'bind a Role with the rights that are needed',
    });
  objectsAt(object.body, 'subjects').forEach((subject, index) => {
    const name = textAt(subject, 'name') ?? '';
    const path = `subjects[${index}]`;
    if (name === MASTERS) {
      const message = 'its subject is system:masters, which no rule can limit';
      found.push({ id: 'rbac_cluster_admin', object, path, message, fix: 'bind named users or groups' });
    } else if (EVERYONE.includes(name) || name.startsWith('system:serviceaccounts:')) {
      const message = `its subject ${name} is nobody in particular`;
      found.push({ id: 'rbac_everyone', object, path, message, fix: 'bind one service account, user or group' });
    }
  });
  return found;
}

/** Roles name what they allow, bindings whom, and nobody gets everything (R310, R201). */
export const lintRbac: Rule = objects => [
  ...['Role', 'ClusterRole'].flatMap(kind => ofKind(objects, GROUP, kind).flatMap(rulesOf)),
  ...['RoleBinding', 'ClusterRoleBinding'].flatMap(kind => ofKind(objects, GROUP, kind).flatMap(bindingOf)),
];
