import { request } from 'node:http';
import { asText } from '../../../src/simulation/kubernetes-api/json.ts';

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

/** Opens a watch and resolves when the answer begins. */
export function openWatch(url: string, headers: Record<string, string> = {}): Promise<OpenWatch> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, agent: false });
    asked.on('error', reject);
    asked.on('response', response => {
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
      resolve({ code: response.statusCode ?? 0, events, ending: () => ending, close: () => asked.destroy() });
    });
    asked.end();
  });
}

/** `TYPE name` of each event. */
export const brief = (events: readonly WatchEvent[]): string[] =>
  events.map(({ type, object }) => `${type} ${asText(object.metadata?.name)}`);
