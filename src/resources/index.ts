import type { ResourceFamily } from '../mcp/define-resource.ts';
import type { FrontEnd } from '../ports.ts';
import { budgetResources } from './budget.ts';
import { capacityResources } from './capacity.ts';
import { clusterResources } from './clusters.ts';
import { divisionResources } from './division.ts';
import { handoffResources } from './handoffs.ts';
import { knowledgeResources } from './knowledge.ts';
import { operationResources } from './operations.ts';
import { planResources } from './plans.ts';
import { playbookResources } from './playbooks.ts';

/** Every resource of the server, in the order it is listed. */
export const resources: readonly ResourceFamily<FrontEnd>[] = [
  ...divisionResources,
  ...budgetResources,
  ...clusterResources,
  ...capacityResources,
  ...operationResources,
  ...planResources,
  ...playbookResources,
  ...handoffResources,
  ...knowledgeResources,
];
