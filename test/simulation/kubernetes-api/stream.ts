import { asText } from '../../../src/simulation/kubernetes-api/json.ts';
import { begin, type Endpoint } from './call.ts';

export interface WatchEvent {
  type: string;
  object: { kind?: string; metadata?: Record<string, unknown>; [field: string]: unknown };
}

/** An open watch: what came so far and how it ended. */
export interface OpenWatch {
  code: number;
  events: WatchEvent[];
  /** `end` when the server ended it, `cut` when the connection broke; undefined while it is open. */
  ending: () => 'end' | 'cut' | undefined;
  close(): void;
}

/** Opens a watch on a connection of its own and resolves when the answer begins. */
export async function openWatch(api: Endpoint, path: string, accept = 'application/json'): Promise<OpenWatch> {
  const { response, drop } = await begin(api, path, { headers: { Accept: accept }, agent: false });
  const events: WatchEvent[] = [];
  let rest = '';
  let ending: 'end' | 'cut' | undefined;
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.push(JSON.parse(line) as WatchEvent);
  });
  response.on('end', () => {
    ending ??= 'end';
  });
  response.on('error', () => {
    ending ??= 'cut';
  });
  return { code: response.statusCode ?? 0, events, ending: () => ending, close: drop };
}

/** `TYPE name` of each event. */
export const brief = (events: readonly WatchEvent[]): string[] =>
  events.map(({ type, object }) => `${type} ${asText(object.metadata?.name)}`);
