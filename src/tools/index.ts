import type { Tool } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { approveOrEscalate } from './approve-or-escalate.ts';
import { clusterHealth } from './cluster-health.ts';
import { controlOperation } from './control-operation.ts';
import { getOperation } from './get-operation.ts';
import { handleHandoff } from './handle-handoff.ts';
import { recordUsage } from './record-usage.ts';
import { rollingUpgrade } from './rolling-upgrade.ts';
import { sendHandoff } from './send-handoff.ts';

/** Every tool of the server, in the order it is listed. */
export const tools: readonly Tool<FrontEnd>[] = [
  clusterHealth,
  rollingUpgrade,
  approveOrEscalate,
  getOperation,
  controlOperation,
  recordUsage,
  handleHandoff,
  sendHandoff,
];
