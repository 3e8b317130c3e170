import { unintelligible } from '../errors.ts';
import { isRecord } from './json-objects.ts';
import { flagField, readSpec, textField } from './resource.ts';

export interface MachineStatusReading {
  stage: string;
  isReady: boolean;
}

const WHAT = 'the answer of talosctl get machinestatus';
const STAGES = new Set([
  'booting',
  'installing',
  'maintenance',
  'running',
  'rebooting',
  'shutting down',
  'shuttingDown',
  'resetting',
  'upgrading',
]);

/** Stage and readiness of a machine. An unknown stage is not understood, rather than taken for a calm one. */
export function readMachineStatus(text: string): MachineStatusReading {
  const spec = readSpec(text, WHAT);
  const stage = textField(spec, 'stage', WHAT);
  const status = spec.status;
  if (!STAGES.has(stage) || !isRecord(status)) unintelligible(WHAT, text);
  return { stage: stage === 'shutting down' ? 'shuttingDown' : stage, isReady: flagField(status, 'ready', WHAT) };
}
