import type { Tool } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { clusterHealth } from './cluster-health.ts';
import { controlOperation } from './control-operation.ts';
import { getOperation } from './get-operation.ts';
import { rollingUpgrade } from './rolling-upgrade.ts';

/** Every tool of the server, in the order it is listed. */
export const tools: readonly Tool<FrontEnd>[] = [clusterHealth, rollingUpgrade, getOperation, controlOperation];
