import { asText, at } from '../../kubernetes-api/json.ts';
import { deepEqual } from '../../world/deep.ts';
import type { ConfigDocument } from '../../world/machine.ts';
import { changesThatNeedReboot, configOf, setConfig, stageConfig, tryConfig } from '../../world/machine-config.ts';
import { leaveMaintenance } from '../../world/machines/boot.ts';
import { imageProblem, slotOfImage } from '../../world/machines/installer-image.ts';
import { isBusy, orderFirstInstall, orderReboot } from '../../world/machines/sequences.ts';
import { parseVersion, releaseOf } from '../../world/talos-release.ts';
import type { Flag } from '../argv.ts';
import { durationMs, textOf } from '../argv.ts';
import { notSimulated, rpcError, TalosctlFailure } from '../failure.ts';
import type { Run, Target } from '../run.ts';
import { yaml } from '../yaml.ts';

const MINUTE_MS = 60_000;
const MODES = ['auto', 'no-reboot', 'staged', 'try'];

/** The flags of commands that send a machine configuration; mode `reboot` is gone from 1.14 on (contractors.md 5.4). */
export const APPLY_FLAGS: readonly Flag[] = [
  { name: 'mode', short: 'm', type: 'text', choices: [...MODES, 'reboot'], before: 'v1.14.0' },
  { name: 'mode', short: 'm', type: 'text', choices: MODES, since: 'v1.14.0' },
  { name: 'dry-run', type: 'bool' },
  { name: 'timeout', type: 'duration' },
];

const refusal = (code: string, why: string): TalosctlFailure => new TalosctlFailure(rpcError(code, why));

/** Throws what the node answers to a configuration it cannot run. */
function validate({ machine }: Target, document: ConfigDocument): void {
  const type = at(document, 'machine', 'type');
  if (type === undefined) {
    throw refusal(
      'InvalidArgument',
      "the applied machine configuration doesn't contain v1alpha1 config, did you mean to patch the machine config instead?",
    );
  }
  if (type !== machine.role)
    throw notSimulated(`a change of machine.type from ${machine.role} to ${JSON.stringify(type)}`);
  const tag = /:v?([^:/@]+)(@|$)/.exec(asText(at(document, 'machine', 'kubelet', 'image')))?.[1] ?? '';
  const minor = parseVersion(tag)?.minor;
  const [least, most] = releaseOf(machine.running.version).kubernetes;
  if (minor === undefined || (minor >= least && minor <= most)) return;
  const how = minor > most ? 'too new' : 'too old';
  throw refusal(
    'InvalidArgument',
    `1 error occurred:\n\t* v1alpha1.Config: 1 error occurred:\n\t* kubelet image is not valid: version of Kubernetes ${tag} is ${how} to be used with Talos ${machine.running.version.slice(1)}\n\n\n\n`,
  );
}

/** The lines that differ, as a unified diff without context. */
function diffOf(before: ConfigDocument, after: ConfigDocument): string {
  const [old, next] = [yaml(before).split('\n'), yaml(after).split('\n')];
  const gone = old.filter(line => !next.includes(line)).map(line => `-${line}`);
  const come = next.filter(line => !old.includes(line)).map(line => `+${line}`);
  return ['--- a', '+++ b', ...gone, ...come, ''].join('\n');
}

const IMMEDIATELY = 'Applied configuration without a reboot';
const AFTER_REBOOT = 'Applied configuration with a reboot';

interface Way {
  mode: string;
  details: string;
}

function wayOf(run: Run, before: ConfigDocument, document: ConfigDocument): Way {
  const asked = textOf(run.values, 'mode') ?? 'auto';
  const problem =
    changesThatNeedReboot(before, document).length === 0
      ? undefined
      : `this config change can't be applied in immediate mode\ndiff:\n${diffOf(before, document)}`;
  if (asked === 'staged') return { mode: asked, details: 'Staged configuration to be applied after the next reboot' };
  if (asked === 'reboot') return { mode: asked, details: AFTER_REBOOT };
  if (asked === 'auto') {
    return problem === undefined
      ? { mode: 'no-reboot', details: IMMEDIATELY }
      : { mode: 'reboot', details: `${AFTER_REBOOT}: ${problem}` };
  }
  if (problem !== undefined) throw refusal('InvalidArgument', problem);
  return { mode: asked, details: IMMEDIATELY };
}

/** Sends a configuration to a node, as ApplyConfiguration does. Returns what is printed; throws the node's refusal. */
export function applyTo(run: Run, target: Target, document: ConfigDocument, isDryRun: boolean): string {
  const { cluster, machine } = target;
  validate(target, document);
  if (machine.stage === 'maintenance') return initialize(target, document, isDryRun);
  if (machine.sequence?.action === 'reboot' && machine.config?.staged !== undefined) {
    throw refusal(
      'FailedPrecondition',
      'configuration was already applied and node is rebooting, cannot apply more configuration changes until next reboot',
    );
  }
  const before = configOf(cluster, machine);
  const { mode, details } = wayOf(run, before, document);
  if (isDryRun) {
    const diff = deepEqual(before, document) ? 'No changes.' : `Config diff:\n\n${diffOf(before, document)}`;
    return `Dry run summary:\n${details} (skipped in dry-run).\n${diff}`;
  }
  if (mode === 'no-reboot') setConfig(cluster, machine, document);
  if (mode === 'staged' || mode === 'reboot') stageConfig(cluster, machine, document);
  if (mode === 'reboot' && !isBusy(machine)) orderReboot(cluster, machine);
  if (mode !== 'try') return details;
  const timeout = textOf(run.values, 'timeout') ?? '1m';
  const ms = durationMs(timeout) ?? MINUTE_MS;
  tryConfig(cluster, machine, document, ms);
  const shown = `${Math.floor(ms / MINUTE_MS)}m${Math.round((ms % MINUTE_MS) / 1000)}s`;
  return `${details}\nThe config is applied in 'try' mode and will be automatically reverted back in ${shown}`;
}

/** A machine in maintenance mode installs Talos first, unless it is installed, and boots with its configuration. */
function initialize({ cluster, machine }: Target, document: ConfigDocument, isDryRun: boolean): string {
  if (isDryRun) {
    return `Dry run summary:\n${IMMEDIATELY} (skipped in dry-run).\nNode is running in maintenance mode and does not have a config yet.`;
  }
  if (isBusy(machine)) throw refusal('FailedPrecondition', 'another apply configuration is already in progress');
  if (machine.slots[machine.running_slot] !== undefined) {
    setConfig(cluster, machine, document);
    leaveMaintenance(cluster, machine);
    return IMMEDIATELY;
  }
  const image =
    asText(at(document, 'machine', 'install', 'image')) || `ghcr.io/siderolabs/installer:${machine.running.version}`;
  const slot = slotOfImage(image);
  const problem = imageProblem(cluster, machine, image);
  if (slot === undefined || problem !== undefined)
    throw new TalosctlFailure(problem ?? rpcError('InvalidArgument', `invalid image reference ${image}`));
  stageConfig(cluster, machine, document);
  orderFirstInstall(cluster, machine, slot);
  return IMMEDIATELY;
}
