import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { guarded } from './boundary.ts';
import type { Completion, ResourceFamily } from './define-resource.ts';

type OnUnexpected = (error: unknown, where: string) => void;
type OnRead<Context> = (family: ResourceFamily<Context>, text: string) => void;

const MIME_TYPE = 'application/json';
/** A completion is asked for at every keystroke: late is worse than none. */
const COMPLETION_DEADLINE_MS = 5000;

function decoded(value: string | readonly string[] | undefined): string {
  const text = typeof value === 'string' ? value : (value?.[0] ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Values of a completion that begin as typed; the SDK shows the first hundred. */
export async function completed<Context>(
  completion: Completion<Context>,
  open: () => Promise<Context>,
  typed: string,
  given: Readonly<Record<string, string>>,
  where: string,
  onUnexpected: OnUnexpected,
): Promise<string[]> {
  const signal = AbortSignal.timeout(COMPLETION_DEADLINE_MS);
  const values = await guarded(
    `completion of ${where}`,
    undefined,
    async () => completion(await open(), typed, given, signal),
    onUnexpected,
  );
  return values.filter(value => value.startsWith(typed));
}

function templateOf<Context>(
  family: ResourceFamily<Context>,
  open: () => Promise<Context>,
  onUnexpected: OnUnexpected,
) {
  const complete = Object.entries(family.complete ?? {}).map(([variable, completion]) => [
    variable,
    (typed: string, also?: { arguments?: Record<string, string> }) =>
      completed(completion, open, typed, also?.arguments ?? {}, `${family.name} ${variable}`, onUnexpected),
  ]);
  return new ResourceTemplate(family.uri, {
    list: async requestContext => {
      try {
        const listed = (await family.list?.(await open(), requestContext.mcpReq.signal)) ?? [];
        return { resources: listed.map(({ uri, name }) => ({ uri, name, mimeType: family.mimeType ?? MIME_TYPE })) };
      } catch (error) {
        // One family that can't be listed must not hide the others.
        onUnexpected(error, `list of ${family.name}`);
        return { resources: [] };
      }
    },
    complete: Object.fromEntries(complete),
  });
}

/** Registers resource families; `open` gives what they read from, their throws become JSON-RPC errors (boundary). `onRead` is told of every reading that goes out. */
export function installResources<Context>(
  server: McpServer,
  families: readonly ResourceFamily<Context>[],
  open: () => Promise<Context>,
  onUnexpected: OnUnexpected,
  onRead?: OnRead<Context>,
): void {
  for (const family of families) {
    const { mimeType = MIME_TYPE } = family;
    const metadata = {
      title: family.title,
      description: family.description,
      mimeType,
      cacheHint: { ttlMs: family.keepMs, cacheScope: 'private' as const },
    };
    const read = (uri: URL, variables: Readonly<Record<string, string>>, signal: AbortSignal) =>
      guarded(
        `resource ${family.name}`,
        uri.href,
        async () => {
          const value = await family.read(await open(), variables, signal);
          const text = family.mimeType !== undefined && typeof value === 'string' ? value : JSON.stringify(value);
          onRead?.(family, text);
          return { contents: [{ uri: uri.href, mimeType, text }] };
        },
        onUnexpected,
      );
    if (family.uri.includes('{')) {
      const template = templateOf(family, open, onUnexpected);
      server.registerResource(family.name, template, metadata, (uri, variables, requestContext) => {
        const decodedVariables = Object.entries(variables).map(([name, value]) => [name, decoded(value)]);
        return read(uri, Object.fromEntries(decodedVariables), requestContext.mcpReq.signal);
      });
    } else {
      server.registerResource(family.name, family.uri, metadata, (uri, requestContext) =>
        read(uri, {}, requestContext.mcpReq.signal),
      );
    }
  }
}
