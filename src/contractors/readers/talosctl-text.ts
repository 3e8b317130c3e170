import * as z from 'zod';
import type { EtcdMemberFacts } from '../../model/facts.ts';
import type { TalosServiceFacts } from '../../model/machine-facts.ts';
import type { ContextsReading, TalosMemberReading, VersionReading } from '../readings.ts';
import { type ToolAnswer, unintelligible } from '../tool-answer.ts';
import { readTable } from './table.ts';

/** `talosctl version` for one node: the Client block proves that talosctl ran, only the Server block is the node's (contractors 3.1). */
export function versionText(answer: ToolAnswer): VersionReading {
  const [clientBlock, ...serverBlocks] = answer.text.split(/^Server:\s*$/m);
  if (!clientBlock?.includes('Client:')) throw unintelligible(answer, 'with a Client block');
  const servers = serverBlocks.flatMap(block => [...block.matchAll(/^\s*Tag:\s+(v\d\S*)/gm)].map(match => match[1]));
  if (servers.length > 1) throw unintelligible(answer, 'for one node');
  return { server: servers[0], client: /^\s*Tag:\s+(v\d\S*)/m.exec(clientBlock)?.[1] };
}

/** `talosctl services` for one node (contractors 3.3). */
export function servicesTable(answer: ToolAnswer): TalosServiceFacts[] {
  const rows = readTable(answer.text, ['SERVICE', 'STATE', 'HEALTH', 'LAST EVENT']);
  if (!rows || rows.length === 0) throw unintelligible(answer, 'with a table of services');
  return rows.map(row => {
    const health = row.HEALTH;
    return {
      id: row.SERVICE ?? '',
      state: row.STATE ?? '',
      health: health === 'OK' || health === 'Fail' ? health : '?',
      lastEvent: row['LAST EVENT'] ?? '',
    };
  });
}

/** `talosctl etcd members`; a member that was never started has no hostname (contractors 3.4). */
export function etcdMembersTable(answer: ToolAnswer): EtcdMemberFacts[] {
  const rows = readTable(answer.text, ['ID', 'HOSTNAME', 'PEER URLS', 'LEARNER']);
  if (!rows || rows.length === 0) throw unintelligible(answer, 'with a table of etcd members');
  const members = new Map<string, EtcdMemberFacts>();
  for (const row of rows) {
    const id = row.ID ?? '';
    if (!/^[0-9a-f]{16}$/.test(id) || !/^(true|false)$/.test(row.LEARNER ?? '')) {
      throw unintelligible(answer, 'with etcd members of 16 hex digits');
    }
    members.set(id, {
      id,
      hostname: row.HOSTNAME ?? '',
      peerUrls: (row['PEER URLS'] ?? '').split(',').filter(url => url !== ''),
      isLearner: row.LEARNER === 'true',
    });
  }
  return [...members.values()];
}

/** `talosctl get members` (contractors 3.5). */
export function membersTable(answer: ToolAnswer): TalosMemberReading[] {
  const rows = readTable(answer.text, ['HOSTNAME', 'MACHINE TYPE', 'OS', 'ADDRESSES']);
  if (!rows || rows.length === 0) throw unintelligible(answer, 'with a table of members');
  return rows.map(row => ({
    hostname: row.HOSTNAME ?? '',
    machineType: row['MACHINE TYPE'] ?? '',
    operatingSystem: row.OS ?? '',
    addresses: [...(row.ADDRESSES ?? '').matchAll(/"([^"]+)"/g)].map(match => match[1] ?? ''),
  }));
}

/** `talosctl logs` and `dmesg` of one node: lines of "ADDRESS: text". */
export function logLines(answer: ToolAnswer): string[] {
  // Lines are "ADDRESS: text"; anything else has no proof of being a log.
  const lines = answer.text.split(/\r?\n/).filter(line => line !== '');
  if (!lines.every(line => /^[0-9a-f.:]+: /i.test(line))) throw unintelligible(answer, 'with log lines of the node');
  return lines;
}

const ConfigInfo = z.looseObject({ context: z.string(), endpoints: z.array(z.string()) });

/** ry-ops' own JSON of the talosconfig context it was started with. */
export function configInfo(answer: ToolAnswer): ContextsReading {
  let value: unknown;
  try {
    value = JSON.parse(answer.text);
  } catch {
    throw unintelligible(answer, 'in JSON');
  }
  const info = ConfigInfo.safeParse(value);
  if (!info.success) throw unintelligible(answer, 'with a context');
  const { context, endpoints } = info.data;
  return { current: context, contexts: [{ name: context, endpoints }], client: undefined };
}
