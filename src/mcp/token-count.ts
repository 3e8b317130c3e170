/** Counts what goes out to hosts: our estimate of the tokens that a model reads of us (decisions/budget). */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { TokenCategory } from '../model/budget.ts';
import type { Budget } from '../ports/budget.ts';
import type { ResourceFamily } from './define-resource.ts';
import type { ListedTool } from './define-tool.ts';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The operation a result is about. */
function taskOf(structured: unknown): string | undefined {
  if (!isRecord(structured)) return undefined;
  const { operation_id: id, operation } = structured;
  if (typeof id === 'string') return id;
  return isRecord(operation) && typeof operation.operation_id === 'string' ? operation.operation_id : undefined;
}

/** Both channels, as sent: which of them a host shows its model is the host's. */
export function resultBytes(result: CallToolResult): number {
  const texts = result.content.map(block => (block.type === 'text' ? Buffer.byteLength(block.text) : 0));
  const structured =
    result.structuredContent === undefined ? 0 : Buffer.byteLength(JSON.stringify(result.structuredContent));
  return texts.reduce((total, bytes) => total + bytes, structured);
}

export function tokenCount<Context>(budget: Pick<Budget, 'count' | 'countReading'>) {
  const count = (category: TokenCategory | undefined, bytes: number, what: string, task: string | undefined): void =>
    budget.count({ category: category ?? 'coordination', bytes, what, ...(task !== undefined && { task_id: task }) });
  return {
    result: (tool: ListedTool, result: CallToolResult): void => {
      count(tool.category, resultBytes(result), tool.name, taskOf(result.structuredContent));
    },
    reading: (family: ResourceFamily<Context>, text: string): void => {
      if (family.isUncounted !== true) budget.countReading(Buffer.byteLength(text));
    },
    prompt: ({ name }: { name: string }, text: string): void => {
      count(undefined, Buffer.byteLength(text), name, undefined);
    },
  };
}
