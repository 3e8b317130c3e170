/** A real MCP client that starts the server over stdio, as a host does. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, vi } from 'vitest';
import { endedStatuses, Operation, type OperationStatus } from '../../src/model/operation.ts';
import { errorOf, structuredOf, textOf } from '../mcp/connected-client.ts';
import { program } from './command-line.ts';
import { killAtOnce } from './processes.ts';

const CALL_TIMEOUT_MS = 120_000;

/** An error as its client sees it: message, code, data. */
const wireError = (error: unknown): unknown =>
  error instanceof Error ? Object.fromEntries([...Object.entries(error), ['message', error.message]]) : String(error);

export interface Launch {
  home: string;
  /** Options before the command, beside --home. */
  options?: readonly string[];
  environment: Record<string, string>;
  /** Keeps what the server says on stderr, for `stderr`. */
  hears?: boolean;
}

export interface Answer {
  text: string;
  structured: Record<string, unknown>;
}

export interface Refusal {
  code: string;
  message: string;
  retry: string;
  remedy: string;
}

export class Host {
  readonly #client: Client;
  readonly #transport: StdioClientTransport;

  private constructor(client: Client, transport: StdioClientTransport) {
    this.#client = client;
    this.#transport = transport;
  }

  static async open({ home, options = [], environment, hears = false }: Launch): Promise<Host> {
    const client = new Client(
      { name: 'e2e-host', version: '1.0.0' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [program, '--home', home, '--log-level', 'error', ...options],
      env: { ...Object.fromEntries(inherited), ...environment },
      ...(hears && { stderr: 'pipe' as const }),
    });
    await client.connect(transport, { timeout: 30_000 });
    return new Host(client, transport);
  }

  /** The server process: the host's side of it dies with its host. */
  get pid(): number {
    const { pid } = this.#transport;
    if (pid === null) throw new Error('the server runs no more');
    return pid;
  }

  async call(name: string, given: Record<string, unknown> = {}): Promise<Answer> {
    const result = await this.#client.callTool({ name, arguments: given }, { timeout: CALL_TIMEOUT_MS });
    if (result.isError === true) throw new Error(`${name}: ${textOf(result)}`);
    return { text: textOf(result), structured: structuredOf(result) };
  }

  /** What the tool refused with; an answer that is no refusal throws. */
  async refusal(name: string, given: Record<string, unknown>): Promise<Refusal> {
    return errorOf(await this.#client.callTool({ name, arguments: given }, { timeout: CALL_TIMEOUT_MS }));
  }

  /** What comes back as it stands on the wire, error or not. */
  async raw(name: string, given: Record<string, unknown>): Promise<string> {
    const options = { timeout: CALL_TIMEOUT_MS };
    return JSON.stringify(await this.#client.callTool({ name, arguments: given }, options).catch(wireError));
  }

  /** Names of the tools, with the names of their arguments that are text. */
  async tools(): Promise<{ name: string; texts: string[] }[]> {
    const { tools } = await this.#client.listTools();
    return tools.map(({ name, inputSchema: { properties = {} } }) => ({
      name,
      texts: Object.entries(properties).flatMap(([argument, schema]) =>
        typeof schema === 'object' &&
        schema !== null &&
        'type' in schema &&
        schema.type === 'string' &&
        !('enum' in schema)
          ? [argument]
          : [],
      ),
    }));
  }

  /** Every listed resource, and these addresses, as they stand on the wire. */
  async readings(...addresses: string[]): Promise<string[]> {
    const { resources } = await this.#client.listResources();
    const uris = [...resources.map(({ uri }) => uri), ...addresses];
    return Promise.all(
      uris.map(async uri => JSON.stringify(await this.#client.readResource({ uri }).catch(wireError))),
    );
  }

  async prompt(name: string, given: Record<string, string>): Promise<string> {
    return JSON.stringify(await this.#client.getPrompt({ name, arguments: given }).catch(wireError));
  }

  /** All that the server says on stderr from now on. */
  stderr(): () => string {
    const said: string[] = [];
    this.#transport.stderr?.on('data', (chunk: unknown) => said.push(String(chunk)));
    return () => said.join('');
  }

  async operation(id: string): Promise<Operation> {
    const { contents } = await this.#client.readResource({ uri: `gm://operations/${id}` });
    const [content] = contents;
    return Operation.parse(JSON.parse(content && 'text' in content ? content.text : 'null'));
  }

  /** Plans and starts: the operation's id. */
  async upgrade(given: Record<string, unknown>): Promise<string> {
    const plan = await this.call('rolling_upgrade', { to_version: 'v1.13.9', ...given });
    const started = await this.call('rolling_upgrade', { plan_hash: plan.structured.plan_hash });
    return String(started.structured.operation_id);
  }

  /** control_operation; returns when the executor has taken it, which on a busy machine comes after the call's answer. */
  async control(given: {
    operation_id: string;
    action: string;
    reason: string;
    node?: string;
    as?: string;
  }): Promise<void> {
    const { sequence } = await this.operation(given.operation_id);
    await this.call('control_operation', given);
    const taken = async (): Promise<void> =>
      expect((await this.operation(given.operation_id)).sequence).not.toBe(sequence);
    await vi.waitFor(taken, 60_000);
  }

  resume(id: string, reason: string): Promise<void> {
    return this.control({ operation_id: id, action: 'resume', reason });
  }

  /** Follows the operation to its end, as a host does: by get_operation. Another end than `status`, or the deadline, throws. */
  async end(id: string, status: OperationStatus, deadlineMs = 100_000): Promise<Operation> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      await this.call('get_operation', { operation_id: id, wait_ms: 500 });
      const operation = await this.operation(id);
      if (operation.status === status) return operation;
      if (performance.now() > deadline || endedStatuses.includes(operation.status)) {
        const { phase, nodes_by_state, waiting_for, stopped } = operation;
        const seen = JSON.stringify({ status: operation.status, phase, nodes_by_state, waiting_for, stopped });
        throw new Error(`${id} was expected to end as ${status}: ${seen}`);
      }
    }
  }

  /** kill -9 of the server, as when its host is killed with all its children. */
  async kill(): Promise<void> {
    await killAtOnce(this.pid);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
