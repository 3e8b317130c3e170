import { runExecutor } from '../compose/executor.ts';
import { createLog } from '../observability/log.ts';
import { type CommandOptions, configOf } from './command-options.ts';

/** The division's executor; started by front ends. Exit code 0 also when another one runs already. */
export async function executor(options: CommandOptions, self: readonly [string, ...string[]]): Promise<number> {
  const config = await configOf(options, self);
  const terminate = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => terminate.abort());
  await runExecutor(config, createLog({ level: config.logLevel, fields: { process: 'executor' } }), terminate.signal);
  return 0;
}
