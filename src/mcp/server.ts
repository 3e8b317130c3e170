import { McpServer } from '@modelcontextprotocol/server';
import type { FrontEnd } from '../ports.ts';
import { prompts } from '../prompts/index.ts';
import { alsoChanged, isReadLive, resources } from '../resources/index.ts';
import { tools } from '../tools/index.ts';
import { VERSION } from '../version.ts';
import { cleansed, installTools } from './boundary.ts';
import { installPrompts } from './install-prompts.ts';
import { installResources } from './install-resources.ts';
import { instructions } from './instructions.ts';
import { admitPrincipal } from './principals.ts';
import { tokenCount } from './token-count.ts';
import { sendUpdates } from './updates.ts';

/** Lists change with the program, not while it runs. */
const listed = { ttlMs: 300_000, cacheScope: 'public' } as const;

/**
 * One connection's server: every tool, resource and prompt over one front end. `era` is what the connection opened with:
 * `legacy` up to 2025-11-25, `modern` from 2026-07-28.
 */
export function buildServer(front: FrontEnd, era: 'legacy' | 'modern'): McpServer {
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
  const counted = tokenCount<FrontEnd>(front.budget);
  installTools(server, tools, front, {
    admit: tool => admitPrincipal(front.principal, tool),
    isListed: tool => tool.listedFor?.includes(front.principal) ?? true,
    cleanse: cleansed,
    questions: front.questions,
    onAnswered: counted.result,
    onUnexpected,
  });
  installResources(server, resources, front, onUnexpected, counted.reading);
  installPrompts(server, prompts, front, onUnexpected, counted.prompt);
  sendUpdates(server, front.division, {
    era,
    alsoChanged: address => alsoChanged(front, address),
    isReadLive,
    onUnexpected,
  });
  return server;
}
