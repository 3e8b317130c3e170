import { deepEqual } from '../../world/deep.ts';
import { configOf } from '../../world/machine-config.ts';
import { isOn, listOf, textOf } from '../argv.ts';
import { applyPatch, loadPatches } from '../config-patch.ts';
import { TalosctlFailure } from '../failure.ts';
import { warnOfOlder } from '../older-nodes.ts';
import { machineConfig } from '../resources/config.ts';
import { isNamed } from '../resources/resource.ts';
import type { Command } from '../run.ts';
import { APPLY_FLAGS, applyTo } from './apply.ts';

/** `talosctl patch machineconfig -p PATCH`: what became of it is said on stderr. */
export const patch: Command = {
  path: 'patch',
  role: 'os:admin',
  flags: [
    { name: 'namespace', type: 'text' },
    { name: 'patch', short: 'p', type: 'array' },
    { name: 'patch-file', type: 'text' },
    ...APPLY_FLAGS,
  ],
  args: [1, 2],
  async run(run) {
    const file = textOf(run.values, 'patch-file');
    const given = [...(listOf(run.values, 'patch') ?? []), ...(file === undefined ? [] : [`@${file}`])];
    if (given.length === 0) throw new TalosctlFailure('either --patch or --patch-file should be defined');
    const patches = loadPatches(run, given);
    const [kind = '', id = 'v1alpha1'] = run.args;
    const isDryRun = isOn(run.values, 'dry-run', false);
    for (const address of run.nodes()) {
      const target = await run.reach(address);
      warnOfOlder(run, [target]);
      if (!isNamed(machineConfig, kind))
        throw new TalosctlFailure(`${address}: unsupported resource type: ${JSON.stringify(kind)}`);
      if (id !== 'v1alpha1') continue;
      const before = configOf(target.cluster, target.machine);
      const after = patches.reduce<typeof before>(applyPatch, before);
      if (deepEqual(before, after)) {
        run.sink.err('Apply was skipped: no changes detected.\n');
        continue;
      }
      const details = applyTo(run, target, after, isDryRun);
      run.sink.err(`patched ${machineConfig.type}/${id} at the node ${address}\n${details}\n`);
    }
  },
};
