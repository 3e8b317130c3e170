import type * as z from 'zod';
import type { TokenCategory } from '../model/budget.ts';
import type { Role } from '../model/principal.ts';

/** How far a tool can reach; yields its MCP hints and its row in the authority matrix (CONTRACT, Tools). */
export type Impact = 'observe' | 'record' | 'change' | 'disrupt';

/** An object that refuses unknown keys (`z.strictObject`). */
export type StrictObject = z.ZodObject<z.core.$ZodLooseShape, z.core.$strict>;

/** An object open to new fields (`z.looseObject`): clients refuse a field that a closed output schema does not name. */
type LooseObject = z.ZodObject<z.core.$ZodLooseShape, z.core.$loose>;

/** One call of a tool: aborted when the caller cancels or goes away. */
export interface ToolCall {
  readonly signal: AbortSignal;
  /** Tells the caller how far it is, if it asked to know; `done` that does not grow is left out. */
  progress(done: number, total: number | undefined, message: string): void;
  /** Asks the person at the host; `unavailable` where the host can't ask. Confirms, and raises nobody's authority. */
  confirm(question: string): Promise<'accepted' | 'declined' | 'unavailable'>;
}

/** A picture of what a result says, for hosts that show pictures. */
export interface ToolImage {
  mimeType: 'image/svg+xml' | 'image/png';
  /** Base64. */
  data: string;
}

/** Both channels carry the facts: some hosts show a model only one of them. */
export interface ToolResult {
  structured: Record<string, unknown>;
  text: string;
  images?: readonly ToolImage[];
}

export interface Tool<Context> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly impact: Impact;
  /** What its results' tokens are counted as; coordination when absent. */
  readonly category?: TokenCategory;
  /** The principals it is there for; absent: all. */
  readonly listedFor?: readonly Role[];
  /** Arguments, by name, whose texts it takes as they were given: it puts them aside where secrets may lie, and shows them nowhere. */
  readonly verbatim?: readonly string[];
  readonly input: StrictObject;
  readonly output?: LooseObject;
  run(context: Context, input: never, call: ToolCall): Promise<ToolResult>;
}

export interface ToolDefinition<Context, In extends StrictObject> extends Omit<Tool<Context>, 'input' | 'run'> {
  readonly input: In;
  run(context: Context, input: z.output<In>, call: ToolCall): Promise<ToolResult>;
}

/** A tool as hosts are told of it: JSON, so that it is known without what the tool itself needs. */
export interface ListedTool
  extends Pick<Tool<never>, 'name' | 'title' | 'description' | 'impact' | 'category' | 'listedFor' | 'verbatim'> {
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>>;
}

/** What a server is made of: the list at once, the tools with the first call. */
export interface ToolRegistry<Context> {
  readonly listing: readonly ListedTool[];
  load(): Promise<readonly Tool<Context>[]>;
}

/** Gives `run` the type of its parsed input; does nothing at run time. `run` throws DivisionError for what goes wrong. */
export function defineTool<Context, In extends StrictObject>(tool: ToolDefinition<Context, In>): Tool<Context> {
  return tool;
}
