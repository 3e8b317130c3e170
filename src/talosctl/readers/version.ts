import { unintelligible } from '../errors.ts';

export interface VersionReading {
  /** Tag of the Client block, e.g. v1.13.9. */
  client: string | undefined;
  /** One entry a node that answered; the Client block never stands in for one. */
  servers: { node: string | undefined; tag: string }[];
}

const TAG = /^v\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/;

function valueAfter(line: string, key: string): string | undefined {
  const trimmed = line.trim();
  return trimmed.startsWith(`${key}:`) ? trimmed.slice(key.length + 1).trim() : undefined;
}

function clientTag(lines: readonly string[]): string | undefined {
  const tag = lines
    .map(line => valueAfter(line, 'Tag') ?? line.replace(/^Talos /, '').trim())
    .find(text => TAG.test(text));
  return tag;
}

function serversIn(lines: readonly string[]): VersionReading['servers'] {
  const servers: VersionReading['servers'] = [];
  let node: string | undefined;
  for (const line of lines) {
    node = valueAfter(line, 'NODE') ?? node;
    const tag = valueAfter(line, 'Tag');
    if (tag === undefined) continue;
    if (!TAG.test(tag)) unintelligible("talosctl version's server tag", tag);
    servers.push({ node, tag });
    node = undefined;
  }
  return servers;
}

/** Reads `talosctl version`, also with --client or --short (contractors 3.1). Throws when neither block is there. */
export function readVersion(text: string): VersionReading {
  const lines = text.split('\n');
  const client = lines.findIndex(line => line.trim() === 'Client:');
  const server = lines.findIndex(line => line.trim() === 'Server:');
  if (client === -1 && server === -1) unintelligible('the answer of talosctl version', text);
  const clientLines = client === -1 ? [] : lines.slice(client + 1, server > client ? server : undefined);
  return { client: clientTag(clientLines), servers: server === -1 ? [] : serversIn(lines.slice(server + 1)) };
}

/** The tag of the one server asked. Throws when none or several answered. */
export function readServerVersion(text: string): { client: string | undefined; server: string } {
  const reading = readVersion(text);
  const [only, ...others] = reading.servers;
  if (only === undefined || others.length > 0) unintelligible("talosctl version's Server block", text);
  return { client: reading.client, server: only.tag };
}
