import { asObject, asText, type JsonObject } from './json.ts';
import { apiVersionOf, type ResourceInfo } from './resource.ts';

const EVERYTHING = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};
const ADMIN = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };

/** The status of a review: whoever asks is the cluster's administrator, and may do everything. */
function answer(kind: string): JsonObject {
  if (kind === 'SelfSubjectRulesReview') return EVERYTHING;
  if (kind === 'SelfSubjectReview') return { userInfo: ADMIN };
  return { allowed: true, reason: 'simulated cluster: every request is allowed' };
}

/** Answers an access, rules or self review. */
export function reviewOf(info: ResourceInfo, body: JsonObject): JsonObject {
  const namespace = asText(asObject(body.metadata).namespace);
  return {
    kind: info.kind,
    apiVersion: apiVersionOf(info),
    metadata: { ...(namespace === '' ? {} : { namespace }), creationTimestamp: null },
    spec: asObject(body.spec),
    status: answer(info.kind),
  };
}
