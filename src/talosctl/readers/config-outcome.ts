import { TalosctlError } from '../errors.ts';

export interface ConfigOutcome {
  changed: boolean;
  reboots: boolean;
  /** Talos' own words without what it quotes of the configuration. */
  detail: string;
}

export interface ConfigPreview {
  changes: boolean;
  reboots: boolean;
  changedKeys: string[];
}

const UNCHANGED = 'Apply was skipped: no changes detected.';
const WITH_REBOOT = 'Applied configuration with a reboot';
const WITHOUT_REBOOT = 'Applied configuration without a reboot';
const STAGED = 'Staged configuration to be applied after the next reboot';
const WAYS = [UNCHANGED, WITH_REBOOT, WITHOUT_REBOOT, STAGED] as const;
const KEY_OF_CHANGED_LINE = /^[+-](?![+-]{2} )\s*(?:- )?["']?([A-Za-z_][\w./-]*)["']?:/;
const MOST_KEYS = 100;

/** What it says may quote the configuration, and so its secrets: it is not told. */
function wayOf(text: string): (typeof WAYS)[number] {
  const lines = text.split('\n');
  const way = WAYS.find(known => lines.some(line => line.startsWith(known)));
  if (way !== undefined) return way;
  throw new TalosctlError('unintelligible', 'talosctl did not say how the configuration was applied');
}

/** What `apply-config` and `patch` say on stderr of how the configuration came into force. */
export function readConfigOutcome(text: string): ConfigOutcome {
  const way = wayOf(text);
  const revert = /automatically reverted back in \S+/.exec(text)?.[0];
  const detail = revert === undefined ? way : `${way}; ${revert}`;
  return { changed: way !== UNCHANGED, reboots: way === WITH_REBOOT, detail };
}

/** The same of a dry run: which keys differ, never their values. */
export function readConfigPreview(text: string): ConfigPreview {
  const way = wayOf(text);
  const keys = text.split('\n').flatMap(line => KEY_OF_CHANGED_LINE.exec(line)?.[1] ?? []);
  const changes = way !== UNCHANGED && !/^No changes\.$/m.test(text);
  return { changes, reboots: way === WITH_REBOOT, changedKeys: [...new Set(keys)].sort().slice(0, MOST_KEYS) };
}
