import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { Log } from '../ports.ts';
import { VERSION } from '../version.ts';
import { CallFault } from './call-fault.ts';
import { fingerprint } from './fingerprint.ts';
import { foreignText, redactedLine } from './foreign-text.ts';
import { Client, ProtocolError, SdkError, SdkErrorCode } from './mcp-client.ts';
import type { Profile } from './profiles/profile.ts';
import { type Launch, StdioProcess } from './stdio-process.ts';
import type { ListedTool, ToolAnswer } from './tool-answer.ts';

/** JSON-RPC codes that say the request was not carried out. */
const NOT_CARRIED_OUT = [-32601, -32602];
/** The library's grace for a process to end, and some. */
const ENDING_MS = 5000;

const Property = z.looseObject({ type: z.string().optional() }).catch({});
const InputSchema = z.looseObject({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
});

/** One life of a contractor process: from its handshake to its end. */
export class Session {
  readonly #client: Client;
  readonly #process: StdioProcess;
  readonly #contractor: string;
  /** False once the process or its connection is gone. */
  isOpen = true;
  tools: ReadonlyMap<string, ListedTool> = new Map();
  profile: Profile | undefined;
  #hasNewTools = false;

  private constructor(contractor: string, client: Client, child: StdioProcess) {
    this.#contractor = contractor;
    this.#client = client;
    this.#process = child;
  }

  /** Starts the process, shakes hands in the 2025 era (never `auto`: it would spawn a second copy), lists its tools. */
  static async start(
    contractor: string,
    launch: Launch,
    options: { startMs: number; log: Log; signal: AbortSignal },
  ): Promise<Session> {
    const { startMs, log, signal } = options;
    const child = new StdioProcess(launch, line => log.debug('contractor_stderr', { contractor, line }));
    const client = new Client(
      { name: 'containers-gm', version: VERSION },
      { versionNegotiation: { mode: 'legacy' }, capabilities: {} },
    );
    const session = new Session(contractor, client, child);
    client.onerror = error => log.debug('contractor_noise', { contractor, message: redactedLine(error.message) });
    const ended = new Promise<void>(resolve => {
      client.onclose = () => {
        session.isOpen = false;
        resolve();
      };
    });
    const giveUp = () => void child.transport.close();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await client.connect(child.transport, { timeout: startMs });
      client.setNotificationHandler('notifications/tools/list_changed', () => {
        session.#hasNewTools = true;
      });
      await session.#list(startMs);
    } catch (error) {
      await child.transport.close();
      // The library may be ending the process already and does not say when it is done: never two of one contractor.
      await Promise.race([ended, setTimeout(ENDING_MS, undefined, { ref: false })]);
      const why = foreignText(error instanceof Error ? error.message : '');
      throw new CallFault('unsent', `it could not be started: ${why}${session.#lastWords()}`);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    return session;
  }

  /** Lists tools again if the contractor said that they changed. */
  async refresh(timeoutMs: number): Promise<void> {
    if (this.#hasNewTools) await this.#list(timeoutMs);
  }

  async #list(timeoutMs: number): Promise<void> {
    // Before the question: what changes while it is answered is asked again.
    this.#hasNewTools = false;
    const { tools } = await this.#client.listTools(undefined, { timeout: timeoutMs }).catch((error: unknown) => {
      this.#hasNewTools = true;
      throw error;
    });
    const listed = tools.map(tool => {
      const schema = InputSchema.catch({ properties: {}, required: [] }).parse(tool.inputSchema);
      const properties = Object.entries(schema.properties).map(([name, property]) => [name, property.type] as const);
      return { name: tool.name, properties: Object.fromEntries(properties), required: schema.required };
    });
    this.tools = new Map(listed.map(tool => [tool.name, tool]));
    this.profile = fingerprint(this.#client.getServerVersion()?.name ?? '', listed);
  }

  /** One tools/call. Throws CallFault; a tool's own failure is an answer. */
  async call(
    tool: string,
    args: Record<string, unknown>,
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<ToolAnswer> {
    const { timeoutMs, signal } = options;
    if (signal.aborted) throw new CallFault('cancelled', 'cancelled before it was sent');
    if (!this.isOpen) throw new CallFault('unsent', `its process has ended${this.#lastWords()}`);
    try {
      const result = await this.#client.request(
        { method: 'tools/call', params: { name: tool, arguments: args } },
        { timeout: timeoutMs, signal },
      );
      const texts = result.content.flatMap(block => (block.type === 'text' ? [block.text] : []));
      return {
        contractor: this.#contractor,
        tool,
        isError: result.isError === true,
        text: texts.join('\n'),
        structured: result.structuredContent,
      };
    } catch (error) {
      throw this.#fault(error, timeoutMs, signal);
    }
  }

  #fault(error: unknown, timeoutMs: number, signal: AbortSignal): CallFault {
    if (signal.aborted) return new CallFault('aborted', 'cancelled while its answer was awaited');
    if (error instanceof ProtocolError) {
      const kind = NOT_CARRIED_OUT.includes(error.code) ? 'rejected' : 'protocol';
      return new CallFault(kind, `JSON-RPC error ${error.code}: ${foreignText(error.message)}`);
    }
    if (error instanceof SdkError) {
      if (error.code === SdkErrorCode.NotConnected) return new CallFault('unsent', 'the connection was gone');
      if (error.code === SdkErrorCode.RequestTimeout)
        return new CallFault('deadline', `no answer within ${timeoutMs} ms`);
      if (error.code === SdkErrorCode.ConnectionClosed) {
        return new CallFault('lost', `its process ended while the answer was awaited${this.#lastWords()}`);
      }
      return new CallFault('protocol', `${error.code}: ${foreignText(error.message)}`);
    }
    return new CallFault('protocol', foreignText(error instanceof Error ? error.message : String(error)));
  }

  /** Whether it still answers anything. */
  async answersPing(timeoutMs: number): Promise<boolean> {
    if (!this.isOpen) return false;
    try {
      await this.#client.ping({ timeout: timeoutMs });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends it: end of stdin, after two seconds SIGTERM, after two more SIGKILL. */
  async close(): Promise<void> {
    this.isOpen = false;
    await this.#process.transport.close();
  }

  #lastWords(): string {
    const { lastWords } = this.#process;
    return lastWords === '' ? '' : `; its last words: ${foreignText(lastWords)}`;
  }
}
