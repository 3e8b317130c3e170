import type { Tool } from '../mcp/define-tool.ts';
import type { FrontEnd } from '../ports.ts';
import { approveOrEscalate } from './approve-or-escalate.ts';
import { capacityForecast } from './capacity-forecast.ts';
import { clusterHealth } from './cluster-health.ts';
import { controlOperation } from './control-operation.ts';
import { decomposeTask } from './decompose-task.ts';
import { executePlan } from './execute-plan.ts';
import { getOperation } from './get-operation.ts';
import { handleHandoff } from './handle-handoff.ts';
import { investigate } from './investigate.ts';
import { recordLesson } from './record-lesson.ts';
import { recordUsage } from './record-usage.ts';
import { rollingUpgrade } from './rolling-upgrade.ts';
import { searchKnowledge } from './search-knowledge.ts';
import { sendHandoff } from './send-handoff.ts';

/** Every tool of the server, in the order it is listed. */
export const tools: readonly Tool<FrontEnd>[] = [
  clusterHealth,
  rollingUpgrade,
  decomposeTask,
  executePlan,
  approveOrEscalate,
  getOperation,
  controlOperation,
  capacityForecast,
  recordUsage,
  handleHandoff,
  sendHandoff,
  searchKnowledge,
  recordLesson,
  investigate,
];
