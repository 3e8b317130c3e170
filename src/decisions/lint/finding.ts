import type { BudgetFacts } from '../../model/facts.ts';
import type { ObjectRef } from '../../model/workload-facts.ts';
import { objectText } from '../../model/workload-facts.ts';
import { placeOf } from '../manifest/kinds.ts';
import type { ManifestObject } from '../manifest/read-manifest.ts';
import type { LintRuleId, Severity } from './rules.ts';

/** What is there already and counts with the manifest. */
export interface LintContext {
  /** Where objects go that name no namespace; undefined: none was asked for. */
  namespace: string | undefined;
  /** Namespaces that exist, with their labels. */
  namespaces: readonly { name: string; labels: Readonly<Record<string, string>> }[];
  /** Names of namespaces whose pods are denied ingress, and egress, unless something allows it. */
  denied: { ingress: readonly string[]; egress: readonly string[] };
  budgets: readonly Pick<BudgetFacts, 'namespace' | 'name' | 'selector'>[];
}

/** What a rule found, before its severity is looked up. */
export interface Found {
  id: LintRuleId;
  object: ManifestObject;
  /** Field of the object, as `kubectl explain` names it, with indices. */
  path: string;
  /** Never holds a value of the manifest that might be a secret. */
  message: string;
  fix: string;
}

export interface LintFinding {
  id: LintRuleId;
  severity: Severity;
  blocks: boolean;
  /** With the seed's line. */
  rule: string;
  /** "Deployment shop/web". */
  object: string;
  ref: ObjectRef;
  /** Of the object's document, from 1. */
  line: number;
  path: string;
  message: string;
  fix: string;
}

export type Rule = (objects: readonly ManifestObject[], context: LintContext) => Found[];

/** The namespace an object goes to; undefined for what is in none, and when nothing says. */
export const namespaceOf = ({ ref }: ManifestObject, context: Pick<LintContext, 'namespace'>): string | undefined =>
  placeOf(ref.apiVersion, ref.kind) === 'cluster' ? undefined : (ref.namespace ?? context.namespace);

/** An object with the namespace it goes to, in words. */
export const named = (object: ManifestObject, context: Pick<LintContext, 'namespace'>): string =>
  objectText({ ...object.ref, namespace: namespaceOf(object, context) });
