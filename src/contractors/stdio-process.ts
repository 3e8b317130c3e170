import { redactedLine } from './foreign-text.ts';
import { StdioClientTransport } from './mcp-client.ts';

/** How a contractor is started; beside `env` it gets HOME, LOGNAME, PATH, SHELL, TERM and USER of ours, nothing else. */
export interface Launch {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string | undefined;
}

/** A line longer than this is cut before it is redacted. */
const MAX_STDERR_LINE = 8192;

/** A contractor process behind the library's stdio transport, and what it says on stderr. */
export class StdioProcess {
  readonly transport: StdioClientTransport;
  /** Last line of its stderr, redacted; empty when it said nothing. */
  lastWords = '';

  constructor({ command, args, env, cwd }: Launch, onStderr: (line: string) => void) {
    this.transport = new StdioClientTransport({
      command,
      args: [...args],
      env: { ...env },
      stderr: 'pipe',
      ...(cwd === undefined ? {} : { cwd }),
    });
    let rest = '';
    this.transport.stderr?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = (lines.pop() ?? '').slice(0, MAX_STDERR_LINE);
      for (const line of lines) {
        const redacted = redactedLine(line.slice(0, MAX_STDERR_LINE));
        if (redacted === '') continue;
        this.lastWords = redacted;
        onStderr(redacted);
      }
    });
  }
}
