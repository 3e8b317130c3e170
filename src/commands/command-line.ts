import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { logLevelsOffered } from '../observability/log-levels.ts';
import { VERSION } from '../version.ts';
import type { CommandOptions } from './command-options.ts';
import { tellingFailures } from './telling-failures.ts';

const natural = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
};
const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number above 0 is expected.');
  return value;
};

/** Runs the command that `process.argv` names, and leaves its exit code; what went wrong has been said. Throws what is a fault of ours. */
export async function runCommandLine(self: readonly [string, ...string[]]): Promise<void> {
  const program = commandLine(self);
  await tellingFailures(async () => {
    try {
      await program.parseAsync();
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      // commander has already said what was wrong; help and version are not failures.
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    }
  });
}

function commandLine(self: readonly [string, ...string[]]): Command {
  const program = new Command('containers-gm')
    .description('The Containers Division General Manager: an MCP server on stdio')
    .version(VERSION)
    .option('--config <file>', 'mcp.json: how the contractors are started')
    .option('--division <file>', 'division.yaml: clusters, modes, thresholds')
    .option('--home <dir>', 'CORTEX_HOME, where the division directory lives')
    .addOption(new Option('--log-level <level>', 'to stderr').choices(logLevelsOffered))
    .showHelpAfterError('(containers-gm --help lists the commands)')
    .exitOverride();

  const command = (name: string, description: string) => program.command(name).description(description);

  program.action(async () => {
    const [unknown] = program.args;
    if (unknown !== undefined) program.error(`error: unknown command '${unknown}'`);
    const { serve } = await import('./serve.ts');
    process.exitCode = await serve(program.opts<CommandOptions>(), self);
  });

  command('demo', 'upgrade the embedded fleet, staging then production, with live progress')
    .option('--json', 'one JSON line at the end')
    .option('--seed <n>', 'seed of the fleet', natural, 1)
    .option('--nodes <n>', 'size of the production cluster, 3 of them control plane', natural)
    .option('--speed <x>', 'cluster seconds a second', positive)
    .option('--kill-every <n>', 'kill -9 the executor after every n journal writes', natural)
    .action(async options => {
      const { demo } = await import('./demo.ts');
      process.exitCode = await demo({ ...program.opts<CommandOptions>(), ...options }, self);
    });

  for (const decision of ['approve', 'reject'] as const) {
    command(decision, `${decision} a plan, as a person`)
      .argument('<plan-hash>', 'the hash, or its first 16 characters or more')
      .option('--key <file>', 'the approver’s Ed25519 private key (PEM); without: at a terminal, unsigned')
      .option('--reason <text>', 'kept in the record')
      .action(async (hash: string, options: { key?: string; reason?: string }) => {
        const { decide } = await import('./approve.ts');
        process.exitCode = await decide(decision, hash, { ...program.opts<CommandOptions>(), ...options }, self);
      });
  }

  command('contractor', 'a first-party contractor (an MCP server on stdio) over talosctl')
    .argument('<name>', 'talos | talos-a2a')
    .action(async (name: string) => {
      const { runContractor } = await import('./contractor.ts');
      process.exitCode = await runContractor(name, program.opts<CommandOptions>(), self);
    });

  command('simulate', 'the simulated fleet alone; prints one JSON line')
    .option('--clusters <file>', 'JSON description of the fleet')
    .option('--shape <name>', 'a fleet schedulers differ on: A, B, C, D, E, F or G')
    .option('--nodes <n>', 'one cluster, named fleet, of so many nodes', natural)
    .option('--pods <n>', 'its pods (with --nodes; default 20 a node)', natural)
    .option('--budgets <n>', 'its disruption budgets (with --nodes; default one a node)', natural)
    .option('--pinned-databases <n>', 'its databases on local volumes (with --nodes)', natural)
    .option('--zones <n>', 'its failure domains (with --nodes)', natural)
    .option('--scenario <file>', 'JSON: what goes wrong, and when')
    .option('--speed <x>', 'cluster seconds a second', positive)
    .option('--seed <n>', 'seed of the fleet', natural, 1)
    .addOption(new Option('--owner-pid <pid>', 'end some time after this process').argParser(natural).hideHelp())
    .action(async options => {
      const { simulate } = await import('./simulate.ts');
      process.exitCode = await simulate({ ...program.opts<CommandOptions>(), ...options });
    });

  command('doctor', 'check configuration, directory, contractors and clusters').action(async () => {
    const { doctor } = await import('./doctor.ts');
    process.exitCode = await doctor(program.opts<CommandOptions>(), self);
  });

  program.addCommand(
    new Command('executor').action(async () => {
      const { executor } = await import('./executor.ts');
      process.exitCode = await executor(program.opts<CommandOptions>(), self);
    }),
    { hidden: true },
  );

  // Its own only, not its commands': what is left over here is a command that is not known.
  program.allowExcessArguments();

  return program;
}
