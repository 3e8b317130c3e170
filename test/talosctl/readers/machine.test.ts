import { describe, expect, it } from 'vitest';
import { readBootId } from '../../../src/talosctl/readers/boot-id.ts';
import { readExtensions } from '../../../src/talosctl/readers/extensions.ts';
import { readMachineStatus } from '../../../src/talosctl/readers/machine-status.ts';
import { readNodename } from '../../../src/talosctl/readers/nodename.ts';
import { readPlatform } from '../../../src/talosctl/readers/platform.ts';
import { readIsSecureBoot } from '../../../src/talosctl/readers/security-state.ts';
import { readSystemUuid } from '../../../src/talosctl/readers/system-information.ts';
import { BOOT_ID, resourceText, SCHEMATIC, SYSTEM_UUID } from '../fixtures.ts';
import { refusal } from '../refusal.ts';

const resource = (spec: unknown) => resourceText('10.0.0.2', 'X', 'x', spec);
const extension = (name: string, version: string) => resource({ image: '0.sqsh', metadata: { name, version } });
const status = (stage: string, ready: unknown) => resource({ stage, status: { ready, unmetConditions: [] } });

describe('what is read of a machine', () => {
  it.each<[string, unknown, unknown]>([
    ['boot id', readBootId(`${BOOT_ID}\n`), BOOT_ID],
    ['system UUID, lowered', readSystemUuid(resource({ uuid: SYSTEM_UUID.toUpperCase() })), SYSTEM_UUID],
    ['nodename', readNodename(resource({ nodename: 'worker-1', skipNodeRegistration: false })), 'worker-1'],
    ['platform', readPlatform(resource({ platform: 'metal', hostname: 'x' })), 'metal'],
    ['secure boot', readIsSecureBoot(resource({ secureBoot: false })), false],
    ['a running machine', readMachineStatus(status('running', true)), { stage: 'running', isReady: true }],
    [
      'one that shuts down',
      readMachineStatus(status('shutting down', false)),
      { stage: 'shuttingDown', isReady: false },
    ],
    ['no extensions', readExtensions(''), { schematic: undefined, extensions: [] }],
    [
      'the schematic entry carries the schematic id',
      readExtensions(extension('qemu-guest-agent', '8.2.2') + extension('schematic', SCHEMATIC)),
      { schematic: SCHEMATIC, extensions: ['qemu-guest-agent'] },
    ],
    [
      'what the image builder writes is no extension',
      readExtensions(extension('drbd', '9') + extension('modules.dep', '6.12.1-talos')),
      { schematic: undefined, extensions: ['drbd'] },
    ],
  ])('%s', (_, read, expected) => expect(read).toEqual(expected));
});

describe('what is not understood is never taken for health', () => {
  it.each<[string, () => unknown]>([
    ['an empty boot id', () => readBootId('')],
    ['a boot id that is none', () => readBootId('not-a-boot-id')],
    ['no system information', () => readSystemUuid('')],
    ['a system UUID that is none', () => readSystemUuid(resource({ uuid: 'Not Specified' }))],
    ['an empty nodename', () => readNodename(resource({ nodename: '' }))],
    ['two nodenames', () => readNodename(resource({ nodename: 'a' }) + resource({ nodename: 'b' }))],
    ['a resource without spec', () => readNodename('{"metadata":{},"node":"x"}')],
    ['a stage never seen', () => readMachineStatus(status('dancing', true))],
    ['a readiness that is no truth value', () => readMachineStatus(status('running', 'yes'))],
    ['a machine status without status', () => readMachineStatus(resource({ stage: 'running' }))],
    ['secure boot as text', () => readIsSecureBoot(resource({ secureBoot: 'true' }))],
    ['an extension without name', () => readExtensions(resource({ metadata: {} }))],
    ['a schematic that is none', () => readExtensions(extension('schematic', 'latest'))],
    ['a table', () => readExtensions('NODE   NAME\nx      y\n')],
  ])('%s', (_, read) => expect(refusal(read)).toBe('unintelligible'));
});
