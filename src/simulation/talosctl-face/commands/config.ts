import { existsSync } from 'node:fs';
import { authorityOf, issueClient, YEAR_MS } from '../../world/pki.ts';
import { certificateOf, rolesOf } from '../access.ts';
import { durationMs, listOf, textOf } from '../argv.ts';
import { TalosctlFailure } from '../failure.ts';
import { relativeTime } from '../humanize.ts';
import type { Command, Run } from '../run.ts';
import { table } from '../table.ts';
import { talosconfigText } from '../talosconfig.ts';
import { yaml } from '../yaml.ts';

/** `talosctl config contexts`. */
export const configContexts: Command = {
  path: 'config contexts',
  aliases: ['config get-contexts'],
  run(run) {
    const config = run.config();
    const rows = [...config.contexts.values()].map(context => [
      context.name === config.context ? '*' : '',
      context.name,
      context.endpoints.join(','),
      context.nodes.join(','),
    ]);
    run.sink.out(table([['CURRENT', 'NAME', 'ENDPOINTS', 'NODES'], ...rows]));
  },
};

interface ContextInfo extends Record<string, unknown> {
  context: string;
  nodes: string[];
  endpoints: string[];
  roles: string[];
  certTTL: string;
  certNotAfter: string;
}

function infoOf(run: Run): ContextInfo {
  const context = run.context();
  const certificate = certificateOf(context);
  const endMs = certificate === undefined ? 0 : Date.parse(certificate.validTo);
  return {
    context: context.name,
    nodes: listOf(run.values, 'nodes') ?? context.nodes,
    endpoints: context.endpoints,
    roles: certificate === undefined ? [] : rolesOf(certificate),
    certTTL: certificate === undefined ? '' : relativeTime(endMs, run.world.now()),
    certNotAfter: certificate === undefined ? '' : new Date(endMs).toISOString().slice(0, 10),
  };
}

/** `talosctl config info`: labels padded to one column; the day the certificate ends stands in parentheses. */
export const configInfo: Command = {
  path: 'config info',
  flags: [{ name: 'output', short: 'o', type: 'text' }],
  run(run) {
    const info = infoOf(run);
    const output = textOf(run.values, 'output') ?? 'text';
    if (output === 'json') run.sink.out(`${JSON.stringify(info, null, 2)}\n`);
    else if (output === 'yaml') run.sink.out(yaml(info));
    else if (output !== 'text') throw new TalosctlFailure(`unknown output format: ${JSON.stringify(output)}`);
    else {
      const lines: [string, string][] = [
        ['Current context:', info.context],
        ['Nodes:', info.nodes.join(', ') || 'not defined'],
        ['Endpoints:', info.endpoints.join(', ') || 'not defined'],
      ];
      if (info.roles.length > 0) lines.push(['Roles:', info.roles.join(', ')]);
      if (info.certTTL !== '') lines.push(['Certificate expires:', `${info.certTTL} (${info.certNotAfter})`]);
      run.sink.out(lines.map(([label, value]) => `${label.padEnd(21)}${value}\n`).join(''));
    }
  },
};

const KNOWN_ROLES = ['os:admin', 'os:operator', 'os:reader', 'os:etcd:backup'];

/** `talosctl config new [PATH]`: a talosconfig with a fresh client certificate. */
export const configNew: Command = {
  path: 'config new',
  role: 'os:admin',
  flags: [
    { name: 'roles', type: 'list' },
    { name: 'crt-ttl', type: 'duration' },
  ],
  args: [0, 1],
  async run(run) {
    const path = run.path(run.args[0] ?? 'talosconfig');
    const roles = listOf(run.values, 'roles') ?? ['os:admin'];
    const unknown = roles.filter(role => !KNOWN_ROLES.includes(role));
    if (unknown.length > 0) throw new TalosctlFailure(`unknown roles: ${unknown.join(', ')}`);
    if (existsSync(path)) throw new TalosctlFailure(`talosconfig file already exists: ${JSON.stringify(path)}`);
    const { cluster } = await run.single();
    const ttlMs = durationMs(textOf(run.values, 'crt-ttl') ?? '8760h') ?? YEAR_MS;
    const { certificate, key } = issueClient(cluster, 'talos', {
      organization: roles[0] ?? 'os:admin',
      fromMs: cluster.now(),
      ttlMs,
    });
    const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
    const { name, endpoints } = run.context();
    const text = talosconfigText({
      name,
      endpoints,
      nodes: [],
      ca: base64(authorityOf(cluster, 'talos').certificate),
      crt: base64(certificate),
      key: base64(key),
    });
    run.sink.file(path, Buffer.from(text));
  },
};
