import type * as z from 'zod';
import { DivisionError } from '../errors.ts';
import { FleetDrift, FleetVersions } from '../model/talos-fleet.ts';
import type { FleetReader } from '../ports/fleet-reader.ts';
import { CallFault } from './call-fault.ts';
import type { Connection } from './connection.ts';
import { type CallKind, faultError } from './failure.ts';
import { foreignText } from './foreign-text.ts';
import type { Session } from './session.ts';
import { answerBytes } from './tool-answer.ts';
import type { UsageMeter } from './usage.ts';

const VERSIONS = 'talos_fleet_versions';
const DRIFT = 'talos_fleet_drift';
/** Each cluster may take 60 seconds of its own, and some are asked at once. */
const CALL_MS = 180_000;

/** An entry of mcp.json as the contractor over several clusters: `containers-gm contractor talos-a2a`, or one that offers its tools. */
export class FleetContractor implements FleetReader {
  readonly contractor: string;
  readonly #connection: Connection;
  readonly #usage: UsageMeter;

  constructor(connection: Connection, usage: UsageMeter) {
    this.contractor = connection.name;
    this.#connection = connection;
    this.#usage = usage;
  }

  async offersDrift(signal: AbortSignal): Promise<boolean> {
    try {
      const { tools } = await this.#connection.session(signal);
      return tools.has(VERSIONS) && tools.has(DRIFT);
    } catch (error) {
      if (error instanceof CallFault && error.kind !== 'cancelled') return false;
      throw error instanceof CallFault ? faultError(this.#kind(DRIFT), error) : error;
    }
  }

  versions(clusters: readonly string[], signal: AbortSignal): Promise<FleetVersions> {
    return this.#read(VERSIONS, FleetVersions, clusters, signal);
  }

  drift(clusters: readonly string[], signal: AbortSignal): Promise<FleetDrift> {
    return this.#read(DRIFT, FleetDrift, clusters, signal);
  }

  async #read<Answer extends z.ZodType>(
    tool: string,
    answer: Answer,
    clusters: readonly string[],
    signal: AbortSignal,
  ): Promise<z.infer<Answer>> {
    const kind = this.#kind(tool);
    try {
      return await this.#connection.queueRead(async () => {
        const session = await this.#connection.session(signal);
        if (!session.tools.has(tool)) throw missing(this.contractor, tool);
        const said = await this.#ask(session, tool, clusters, signal);
        const parsed = answer.safeParse(said);
        if (parsed.success) return parsed.data;
        throw new CallFault('protocol', 'answered something unintelligible');
      }, signal);
    } catch (error) {
      throw error instanceof CallFault ? faultError(kind, error) : error;
    }
  }

  async #ask(session: Session, tool: string, clusters: readonly string[], signal: AbortSignal): Promise<unknown> {
    const startedAt = performance.now();
    let [hasFailed, answeredBytes] = [true, 0];
    try {
      const answer = await session.call(tool, { clusters: [...clusters] }, { timeoutMs: CALL_MS, signal });
      answeredBytes = answerBytes(answer);
      hasFailed = answer.isError;
      if (answer.isError)
        throw new DivisionError(
          'CONTRACTOR_FAILED',
          `${this.contractor}: ${tool} failed, ${foreignText(answer.text)}`,
          'Read what it said; containers-gm doctor looks at each cluster by itself.',
        );
      return answer.structured;
    } finally {
      this.#usage.record({ latencyMs: performance.now() - startedAt, hasFailed, answeredBytes });
    }
  }

  #kind(tool: string): CallKind {
    return { contractor: this.contractor, tool, isMutating: false, isAttempt: false, hasReceipt: false };
  }
}

const missing = (contractor: string, tool: string): DivisionError =>
  new DivisionError(
    'CAPABILITY_MISSING',
    `contractor ${contractor} offers no ${tool}`,
    `let "${contractor}" in mcp.json be the division’s own: {"command": "containers-gm", "args": ["contractor", "talos-a2a"]}`,
  );
