#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { CommandOptions } from './commands/command-options.ts';
import { tellingFailures } from './commands/telling-failures.ts';
import { logLevelsOffered } from './observability/log-levels.ts';

const script = realpathSync(fileURLToPath(import.meta.url));
/** How to start this program again: the same Node, with the same loader when run from source. */
const self: readonly [string, ...string[]] = [process.execPath, ...process.execArgv, script];

/**
 * What a host starts: no command, options alone that need no explanation. Undefined for anything else, which the command line judges;
 * its library would be one part in twenty of the time until a host has its list of tools.
 */
function serverOptions(): CommandOptions | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { config: text, division: text, home: text, 'log-level': text } });
    const { 'log-level': logLevel, ...files } = values;
    if (logLevel === undefined) return files;
    return logLevelsOffered.some(level => level === logLevel) ? { ...files, logLevel } : undefined;
  } catch {
    return undefined;
  }
}

const options = serverOptions();
if (options === undefined) {
  const { runCommandLine } = await import('./commands/command-line.ts');
  await runCommandLine(self);
} else {
  await tellingFailures(async () => {
    const { serve } = await import('./commands/serve.ts');
    process.exitCode = await serve(options, self);
  });
}
