import { sha256Hex } from '../../world/random.ts';
import type { Flag } from '../argv.ts';
import { isOn } from '../argv.ts';
import type { Command } from '../run.ts';

/** The release this talosctl is. */
export const CLIENT_VERSION = 'v1.13.9';

const FLAGS: readonly Flag[] = [
  { name: 'short', type: 'bool' },
  { name: 'client', type: 'bool' },
  { name: 'insecure', short: 'i', type: 'bool' },
];

const shaOf = (version: string): string => sha256Hex(`talos ${version}`).slice(0, 8);

const block = (version: string): string =>
  [
    `Tag:         ${version}`,
    `SHA:         ${shaOf(version)}`,
    'Built:       ',
    'Go version:  go1.26.4',
    'OS/Arch:     linux/amd64',
  ]
    .map(line => `\t${line}\n`)
    .join('');

/** `talosctl version`: the Client block on stdout even when no server answers (contractors.md 3.1). */
export const version: Command = {
  path: 'version',
  flags: FLAGS,
  async run(run) {
    run.sink.out(`Client:\n${isOn(run.values, 'short', false) ? `Talos ${CLIENT_VERSION}\n` : block(CLIENT_VERSION)}`);
    if (isOn(run.values, 'client', false)) return;
    const answers = await run.each('error getting version: ', target => target.machine.running.version);
    const servers = answers.map(
      ({ address, answer }) => `\tNODE:        ${address}\n${block(answer)}\tEnabled:     RBAC\n`,
    );
    run.sink.out(`Server:\n${servers.join('')}`);
  },
};
