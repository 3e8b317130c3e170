import { McpServer } from '@modelcontextprotocol/server';
import type { Questions } from '../ports/approvals.ts';
import type { Budget } from '../ports/budget.ts';
import type { FrontEnd } from '../ports.ts';
import { alsoChanged, isReadLive } from '../resources/changes.ts';
import { VERSION } from '../version.ts';
import { cleansedBut, installTools } from './boundary.ts';
import { installPrompts } from './install-prompts.ts';
import { installResources } from './install-resources.ts';
import { instructions } from './instructions.ts';
import { admitPrincipal } from './principals.ts';
import { registries } from './registries.ts';
import { tokenCount } from './token-count.ts';
import { sendUpdates } from './updates.ts';

/** Lists change with the program, not while it runs. */
const listed = { ttlMs: 300_000, cacheScope: 'public' } as const;

/** A front end of which most is opened with the first call: a host that starts waits for lists. */
export interface ServedFront extends Pick<FrontEnd, 'principal' | 'log'> {
  open(): Promise<FrontEnd>;
}

/** Counting is not waited for, and what is counted was opened by the call that it is about. */
const lateBudget = (front: ServedFront): Pick<Budget, 'count' | 'countReading'> => {
  const told = (tell: (budget: Budget) => void): void => {
    front.open().then(
      ({ budget }) => tell(budget),
      (error: unknown) => front.log.warn('budget.uncounted', { error: String(error) }),
    );
  };
  return {
    count: use => told(budget => budget.count(use)),
    countReading: bytes => told(budget => budget.countReading(bytes)),
  };
};

const lateQuestions = (front: ServedFront): Questions => ({
  ask: async subject => (await front.open()).questions.ask(subject),
  take: async token => (await front.open()).questions.take(token),
});

/**
 * One connection's server: every tool, resource and prompt over one front end. `era` is what the connection opened with:
 * `legacy` up to 2025-11-25, `modern` from 2026-07-28.
 */
export function buildServer(front: ServedFront, era: 'legacy' | 'modern'): McpServer {
  const server = new McpServer(
    { name: 'containers-gm', title: 'Containers Division General Manager', version: VERSION },
    {
      instructions,
      capabilities: {
        tools: { listChanged: false },
        prompts: { listChanged: false },
        resources: { subscribe: true, listChanged: false },
        completions: {},
      },
      cacheHints: {
        'tools/list': listed,
        'prompts/list': listed,
        'resources/templates/list': listed,
        'server/discover': listed,
      },
    },
  );
  const onUnexpected = (error: unknown, where: string): void => {
    front.log.error('mcp.unexpected', {
      where,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  };
  const counted = tokenCount<FrontEnd>(lateBudget(front));
  installTools(server, registries.tools, () => front.open(), {
    admit: tool => admitPrincipal(front.principal, tool),
    isListed: tool => tool.listedFor?.includes(front.principal) ?? true,
    cleanse: (given, tool) => cleansedBut(given, tool.verbatim ?? []),
    questions: lateQuestions(front),
    onAnswered: counted.result,
    onUnexpected,
  });
  installResources(server, registries.resources, () => front.open(), onUnexpected, counted.reading);
  installPrompts(server, registries.prompts, () => front.open(), onUnexpected, counted.prompt);
  let opened: FrontEnd | undefined;
  const division = async () => {
    opened = await front.open();
    return opened.division;
  };
  sendUpdates(server, division, {
    era,
    alsoChanged: address => (opened ? alsoChanged(opened, address) : []),
    isReadLive,
    onUnexpected,
  });
  return server;
}
