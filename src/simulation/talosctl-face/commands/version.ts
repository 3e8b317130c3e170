import { sha256Hex } from '../../world/random.ts';
import { parseVersion } from '../../world/talos-release.ts';
import type { Flag } from '../argv.ts';
import { isOn } from '../argv.ts';
import type { Command } from '../run.ts';

const FLAGS: readonly Flag[] = [
  { name: 'short', type: 'bool' },
  { name: 'client', type: 'bool' },
  { name: 'insecure', short: 'i', type: 'bool' },
];

/** The Go each minor is built with. */
const GO: Readonly<Record<number, string>> = {
  9: 'go1.23.9',
  10: 'go1.24.11',
  11: 'go1.24.11',
  12: 'go1.25.12',
  13: 'go1.26.4',
  14: 'go1.26.7',
};

const shaOf = (version: string): string => sha256Hex(`talos ${version}`).slice(0, 8);

const block = (version: string): string =>
  [
    `Tag:         ${version}`,
    `SHA:         ${shaOf(version)}`,
    'Built:       ',
    `Go version:  ${GO[parseVersion(version)?.minor ?? 13] ?? 'go1.26.4'}`,
    'OS/Arch:     linux/amd64',
  ]
    .map(line => `\t${line}\n`)
    .join('');

/** `talosctl version`: the Client block on stdout even when no server answers (contractors.md 3.1). */
export const version: Command = {
  path: 'version',
  flags: FLAGS,
  async run(run) {
    run.sink.out(`Client:\n${isOn(run.values, 'short', false) ? `Talos ${run.client}\n` : block(run.client)}`);
    if (isOn(run.values, 'client', false)) return;
    const answers = await run.each('error getting version: ', target => target.machine.running.version);
    const servers = answers.map(
      ({ address, answer }) =>
        `\tNODE:        ${address}\n${block(answer)}${run.isInsecure ? '' : '\tEnabled:     RBAC\n'}`,
    );
    run.sink.out(`Server:\n${servers.join('')}`);
  },
};
