import { describe, expect, it } from 'vitest';
import { durationMs, parseFlags } from '../../../src/simulation/talosctl-face/argv.ts';
import { table } from '../../../src/simulation/talosctl-face/table.ts';
import { parseTalosConfig } from '../../../src/simulation/talosctl-face/talosconfig.ts';
import { yaml } from '../../../src/simulation/talosctl-face/yaml.ts';

describe('tables', () => {
  it('pad every cell but the last by three blanks beyond the widest, empty ones too', () => {
    const rows = [
      ['NODE', 'HEALTH', 'ERRORS'],
      ['10.5.0.2', '', ''],
      ['10.5.0.20', 'OK', 'etcdserver: no leader'],
    ];
    expect(table(rows)).toBe(
      ['NODE        HEALTH   ERRORS', '10.5.0.2             ', '10.5.0.20   OK       etcdserver: no leader', ''].join(
        '\n',
      ),
    );
  });
});

describe('YAML', () => {
  it('indents by four and quotes only what would be read otherwise', () => {
    const value = {
      node: '10.5.0.2',
      version: 1,
      spec: { ready: true, addresses: ['10.5.0.2'], unmet: [], id: '12', empty: '', items: [{ a: 1, b: 2 }] },
    };
    expect(yaml(value)).toBe(
      [
        'node: 10.5.0.2',
        'version: 1',
        'spec:',
        '    ready: true',
        '    addresses:',
        '        - 10.5.0.2',
        '    unmet: []',
        '    id: "12"',
        '    empty: ""',
        '    items:',
        '        - a: 1',
        '          b: 2',
        '',
      ].join('\n'),
    );
  });
});

describe('talosconfig', () => {
  const expected = {
    context: 'b',
    contexts: new Map([
      ['a', { name: 'a', endpoints: ['10.0.0.1', '10.0.0.2'], nodes: [], crt: 'LS0t' }],
      ['b', { name: 'b', endpoints: ['10.1.0.1'], nodes: ['10.1.0.9'] }],
    ]),
  };
  it.each([
    [
      'as talosctl writes it',
      'context: b\ncontexts:\n    a:\n        endpoints:\n            - 10.0.0.1\n            - 10.0.0.2\n        crt: LS0t\n    b:\n        endpoints: [10.1.0.1]\n        nodes:\n            - 10.1.0.9\n',
    ],
    [
      'with lists not indented, quotes and comments',
      '# mine\ncontext: "b"\ncontexts:\n  a:\n    endpoints:\n    - "10.0.0.1"\n    - 10.0.0.2\n    crt: LS0t\n  b:\n    nodes: 10.1.0.9\n    endpoints:\n    - 10.1.0.1\n',
    ],
    [
      'as JSON',
      JSON.stringify({
        context: 'b',
        contexts: {
          a: { endpoints: ['10.0.0.1', '10.0.0.2'], crt: 'LS0t' },
          b: { endpoints: ['10.1.0.1'], nodes: ['10.1.0.9'] },
        },
      }),
    ],
  ])('is read %s', (_, text) => {
    expect(parseTalosConfig(text)).toEqual(expected);
  });
});

describe('flags', () => {
  const FLAGS = [
    { name: 'image', short: 'i', type: 'text' },
    { name: 'wait', type: 'bool' },
    { name: 'nodes', short: 'n', type: 'list' },
    { name: 'timeout', type: 'duration' },
  ] as const;

  it.each([
    ['--image x', { image: 'x' }, []],
    ['--image=x a', { image: 'x' }, ['a']],
    ['-ix -n 1,2 -n=3', { image: 'x', nodes: ['1', '2', '3'] }, []],
    ['--wait', { wait: 'true' }, []],
    ['--wait=false b', { wait: 'false' }, ['b']],
    ['-- --wait', {}, ['--wait']],
  ])('reads %s', (line, values, args) => {
    const parsed = parseFlags(line.split(' '), FLAGS);
    expect(Object.fromEntries(parsed.values)).toEqual(values);
    expect(parsed.args).toEqual(args);
  });

  it.each([
    ['--bar', 'unknown flag: --bar'],
    ['-z', "unknown shorthand flag: 'z' in -z"],
    ['--image', 'flag needs an argument: --image'],
    ['-i', "flag needs an argument: 'i' in -i"],
    ['--wait=maybe', 'invalid argument "maybe" for "--wait" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
    ['--timeout soon', 'invalid argument "soon" for "--timeout" flag: time: invalid duration "soon"'],
  ])('refuses %s', (line, message) => {
    expect(() => parseFlags(line.split(' '), FLAGS)).toThrow(message);
  });

  it.each([
    ['30m', 1_800_000],
    ['1h5m10s', 3_910_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['0', 0],
    ['5', undefined],
  ])('reads the duration %s as %s ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});
