import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absolutePath,
  argvFor,
  attemptId,
  type Connection,
  commands,
  contextName,
  imageReference,
  machineAddress,
  serviceName,
  talosconfigFlag,
  uuid,
} from '../../src/talosctl/argv.ts';
import { TalosctlError } from '../../src/talosctl/errors.ts';
import { refusal } from './refusal.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const connection: Connection = { context: 'prod', node: '10.0.0.2', endpoints: ['10.0.0.2', '10.0.0.3', '10.0.0.4'] };

describe('a value of its form is accepted as it is', () => {
  it.each([
    [machineAddress, '10.0.0.2'],
    [machineAddress, 'fd00::12'],
    [machineAddress, 'cp-1.example.org'],
    [contextName, 'admin@prod'],
    [serviceName, 'ext-qemu-guest-agent'],
    [imageReference, `factory.talos.dev/metal-installer/${'3'.repeat(64)}:v1.13.9`],
    [imageReference, `ghcr.io/siderolabs/installer:v1.12.11`],
    [imageReference, `registry.local:5000/installer@${DIGEST}`],
    [imageReference, `registry.local:5000/a/b__c/installer-secureboot:v1@${DIGEST}`],
    [absolutePath, '/var/lib/gm/snapshot 1.db'],
    [attemptId, 'op-20261122.1_install-1'],
  ])('%o %s', (check, value) => expect(check(value)).toBe(value));

  it('a UUID is lowered: firmware and kubelet differ in case', () =>
    expect(uuid('boot_id', '0F0E0D0C-1111-4222-8333-444455556666')).toBe('0f0e0d0c-1111-4222-8333-444455556666'));
});

describe('a value of another form is an invalid argument', () => {
  it.each([
    [machineAddress, '--insecure'],
    [machineAddress, '10.0.0.2,10.0.0.3'],
    [machineAddress, '10.0.0.2 --force'],
    [machineAddress, 'fe80::1%eth0'],
    [machineAddress, ''],
    [machineAddress, 'a..b'],
    [contextName, '-n'],
    [contextName, 'a b'],
    [serviceName, '--follow'],
    [serviceName, '../etcd'],
    [imageReference, '--force'],
    [imageReference, 'installer:v1'],
    [imageReference, 'ghcr.io/siderolabs/installer'],
    [imageReference, 'registry:5000/installer'],
    [imageReference, 'ghcr.io/x/y:v1 --preserve'],
    [absolutePath, 'snapshot.db'],
    [absolutePath, '/tmp/../etc/passwd'],
    [absolutePath, '/tmp/'],
    [absolutePath, '/'],
    [absolutePath, '/tmp/a\nb'],
    [attemptId, 'short'],
    [attemptId, '../../etc/passwd'],
    [attemptId, 'a'.repeat(81)],
  ])('%o %j', (check, value) => expect(refusal(() => check(value))).toBe('invalid_argument'));

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('tail %d', lines =>
    expect(refusal(() => commands.logs('etcd', lines))).toBe('invalid_argument'),
  );
});

describe('argvFor', () => {
  it('names the context, exactly one node, and the endpoints but the node itself', () =>
    expect(argvFor(connection, commands.version(), '/home/u/.talos/config')).toEqual([
      'version',
      '--talosconfig',
      '/home/u/.talos/config',
      '--context',
      'prod',
      '-n',
      '10.0.0.2',
      '-e',
      '10.0.0.3,10.0.0.4',
    ]));

  it('reaches a node through itself only when it is the only endpoint', () =>
    expect(argvFor({ ...connection, endpoints: ['10.0.0.2'] }, commands.reboot(), undefined)).toEqual([
      'reboot',
      '--wait=false',
      '--context',
      'prod',
      '-n',
      '10.0.0.2',
      '-e',
      '10.0.0.2',
    ]));

  it('refuses to go without endpoints', () =>
    expect(refusal(() => argvFor({ ...connection, endpoints: [] }, commands.version(), undefined))).toBe(
      'invalid_argument',
    ));

  it('takes a talosconfig in the home folder', () =>
    expect(talosconfigFlag('~/.talos/config')[1]).toMatch(/^\/.*\/\.talos\/config$/));

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '-n',
      '--force',
      '--',
      '-',
      '10.0.0.2',
      'prod',
      '/tmp/x',
      'ghcr.io/a/b:v1',
      'etcd',
      '--a=b',
      'a,-e,b',
    ),
    fc.tuple(fc.constantFrom('-', '--', ' -', '\t--', 'a -', '10.0.0.2,-'), fc.string()).map(parts => parts.join('')),
  );
  const FLAGS = ['--talosconfig', '--context', '-n', '-e'];

  it('law: no input yields a flag of its own: every call is refused, or has exactly the flags it is meant to have', () => {
    fc.assert(
      fc.property(
        fc.record({ context: hostile, node: hostile, endpoints: fc.array(hostile, { maxLength: 3 }) }),
        hostile,
        fc.constantFrom<(value: string) => readonly string[]>(
          value => commands.logs(value, 5),
          value => commands.etcdSnapshot(value),
          value => commands.upgrade(value, ['--drain=false', '--wait=false']),
        ),
        (target, value, build) => {
          let argv: string[];
          let command: readonly string[];
          try {
            command = build(value);
            argv = argvFor(target, command, '/home/u/.talos/config');
          } catch (error) {
            if (error instanceof TalosctlError && error.errorClass === 'invalid_argument') return;
            throw error;
          }
          const own = command.filter(part => part.startsWith('-'));
          expect(own.every(flag => ['--tail', '--image', '--drain=false', '--wait=false'].includes(flag))).toBe(true);
          expect(argv.slice(command.length).filter(part => part.startsWith('-'))).toEqual(FLAGS);
          expect(argv.filter(part => part === '-n')).toHaveLength(1);
          expect(argv.at(-3)).not.toContain(',');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('law: values of their forms always pass, each at its own place', () => {
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, fc.uniqueArray(address, { minLength: 1, maxLength: 5 }), (node, endpoints) => {
        const argv = argvFor({ context: 'c', node, endpoints }, commands.services(), undefined);
        const through = argv.at(-1)?.split(',') ?? [];
        expect(through.every(endpoint => endpoints.includes(endpoint))).toBe(true);
        expect(through.includes(node)).toBe(endpoints.length === 1 && endpoints[0] === node);
      }),
    );
  });
});
