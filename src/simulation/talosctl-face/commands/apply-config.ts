import { readFileSync } from 'node:fs';
import { isOn, listOf, textOf } from '../argv.ts';
import { applyPatch, loadPatches, readConfig } from '../config-patch.ts';
import { TalosctlFailure } from '../failure.ts';
import type { Command, Run } from '../run.ts';
import { APPLY_FLAGS, applyTo } from './apply.ts';

function fileOf(run: Run): string {
  const [kind] = run.args;
  if (kind !== undefined && !/^(config|machineconfig)$/i.test(kind))
    throw new TalosctlFailure(`unknown positional argument ${kind}`);
  const name = textOf(run.values, 'file') ?? '';
  if (name === '') throw new TalosctlFailure('no filename supplied for configuration');
  let text: string;
  try {
    text = readFileSync(run.path(name), 'utf8');
  } catch {
    throw new TalosctlFailure(
      `failed to read configuration from ${JSON.stringify(name)}: open ${name}: no such file or directory`,
    );
  }
  if (text === '') throw new TalosctlFailure('no configuration data read');
  return text;
}

/** `talosctl apply-config -f FILE`: what became of it is said on stderr. */
export const applyConfig: Command = {
  path: 'apply-config',
  aliases: ['apply'],
  role: 'os:admin',
  flags: [
    { name: 'file', short: 'f', type: 'text' },
    { name: 'insecure', short: 'i', type: 'bool' },
    { name: 'cert-fingerprint', type: 'list' },
    { name: 'config-patch', short: 'p', type: 'array' },
    ...APPLY_FLAGS,
  ],
  args: [0, 1],
  async run(run) {
    const patches = loadPatches(run, listOf(run.values, 'config-patch') ?? []);
    const document = patches.reduce<ReturnType<typeof readConfig>>(applyPatch, readConfig(fileOf(run)));
    const isDryRun = isOn(run.values, 'dry-run', false);
    const answers = await run.each('error applying new configuration: ', target =>
      applyTo(run, target, document, isDryRun),
    );
    for (const { answer } of answers) run.sink.err(`${answer}\n`);
  },
};
