import type { OpenFrontEnd } from '../compose/front-end.ts';
import { serveOnStdio } from '../mcp/stdio.ts';
import { createLog } from '../observability/log.ts';
import { type CommandOptions, configOf, optionArguments } from './command-options.ts';

/** The MCP server on stdio: a front end. It ends when its host closes stdin; operations go on in the executor. */
export async function serve(options: CommandOptions, self: readonly [string, ...string[]]): Promise<number> {
  const config = await configOf(options, self);
  const log = createLog({ level: config.logLevel, fields: { process: 'front-end' } });
  if (config.simulated) {
    log.info('division.simulated', {
      home: config.home,
      note: 'no division.yaml was given: every cluster here is simulated. --division FILE names real ones',
    });
  }
  let opened: Promise<OpenFrontEnd> | undefined;
  const open = async (): Promise<OpenFrontEnd> => {
    const { openFrontEnd } = await import('../compose/front-end.ts');
    return openFrontEnd(config, optionArguments(options), log);
  };
  const front = async () => {
    opened ??= open();
    return (await opened).front;
  };
  try {
    await serveOnStdio({ principal: config.principal, log, open: front });
  } finally {
    await (await opened)?.close();
  }
  return 0;
}
