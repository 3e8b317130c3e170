import { listOf } from '../argv.ts';
import type { Command } from '../run.ts';
import { table } from '../table.ts';

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

const YEAR_MS = 365 * 86_400_000;

/** `talosctl config info`: labels padded to one column; the certificate's day stands in parentheses. */
export const configInfo: Command = {
  path: 'config info',
  run(run) {
    const context = run.context();
    const nodes = listOf(run.values, 'nodes') ?? context.nodes;
    const expires = new Date(run.world.now() + YEAR_MS).toISOString().slice(0, 10);
    const lines: [string, string][] = [
      ['Current context:', context.name],
      ['Nodes:', nodes.join(', ') || 'not defined'],
      ['Endpoints:', context.endpoints.join(', ') || 'not defined'],
      ['Roles:', 'os:admin'],
      ['Certificate expires:', `1 year from now (${expires})`],
    ];
    run.sink.out(lines.map(([label, value]) => `${label.padEnd(21)}${value}\n`).join(''));
  },
};
