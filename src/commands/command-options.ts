import { tmpdir } from 'node:os';
import { loadConfig } from '../config.ts';
import type { Config } from '../model/config.ts';

/** Options that every command takes (CONTRACT, Command line). */
export interface CommandOptions {
  config?: string;
  division?: string;
  home?: string;
  logLevel?: string;
}

export function configOf(options: CommandOptions, self: readonly [string, ...string[]]): Promise<Config> {
  return loadConfig({
    ...(options.config !== undefined && { configFile: options.config }),
    ...(options.division !== undefined && { divisionFile: options.division }),
    ...(options.home !== undefined && { home: options.home }),
    ...(options.logLevel !== undefined && { logLevel: options.logLevel }),
    env: process.env,
    self,
    temporaryDirectory: tmpdir(),
  });
}

/** The same options as arguments, for a process of ours that must read the same configuration. The home is given apart. */
export function optionArguments(options: CommandOptions): string[] {
  return [
    ...(options.config === undefined ? [] : ['--config', options.config]),
    ...(options.division === undefined ? [] : ['--division', options.division]),
    ...(options.logLevel === undefined ? [] : ['--log-level', options.logLevel]),
  ];
}
