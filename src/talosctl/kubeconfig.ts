import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { chmod, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Connection } from './argv.ts';
import { type AskOptions, ask, type Talosctl } from './ask.ts';
import { sync } from './durable.ts';
import { TalosctlError } from './errors.ts';
import { machineCommands } from './machine-commands.ts';
import { secretPath } from './secret-files.ts';

export interface SavedKubeconfig {
  path: string;
  bytes: number;
  /** Of the whole file, so that sha256sum says the same. */
  sha256: string;
  server: string;
  /** When its client certificate ends; undefined when it has none. */
  expiresAt: Date | undefined;
}

const Kubeconfig = z.object({
  kind: z.literal('Config'),
  clusters: z.array(z.object({ cluster: z.object({ server: z.url() }) })).min(1),
  users: z.array(z.object({ user: z.object({ 'client-certificate-data': z.string().optional() }) })).min(1),
});

function read(text: string): z.infer<typeof Kubeconfig> {
  try {
    return Kubeconfig.parse(parse(text));
  } catch {
    // What is wrong would be told with the keys beside it.
    throw new TalosctlError('unintelligible', 'talosctl wrote no kubeconfig with a server and a user');
  }
}

function endOf(certificate: string | undefined): Date | undefined {
  if (certificate === undefined) return undefined;
  try {
    return new Date(new X509Certificate(Buffer.from(certificate, 'base64')).validTo);
  } catch {
    throw new TalosctlError(
      'unintelligible',
      'the kubeconfig that talosctl wrote holds no certificate that can be read',
    );
  }
}

/**
 * Writes an admin kubeconfig of mode 0600 to a path inside GM_SECRETS_DIR, where it replaces a file in one step; it appears there
 * only whole and on disk, and its content goes nowhere else. Each call makes a new certificate, valid for a year (contractors 5.5).
 * Throws TalosctlError; nothing is left behind then.
 */
export async function saveKubeconfig(
  talosctl: Talosctl,
  connection: Connection,
  given: string,
  options: AskOptions,
): Promise<SavedKubeconfig> {
  const path = await secretPath(talosctl.env, given);
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.partial`);
  try {
    await ask(talosctl, connection, machineCommands.kubeconfig(temporary), options);
    await chmod(temporary, 0o600);
    const bytes = await readFile(temporary);
    const { clusters, users } = read(bytes.toString('utf8'));
    const expiresAt = endOf(users[0]?.user['client-certificate-data']);
    await sync(temporary);
    await rename(temporary, path);
    await sync(dirname(path));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path, bytes: bytes.length, sha256, server: clusters[0]?.cluster.server ?? '', expiresAt };
  } finally {
    await rm(temporary, { force: true });
  }
}
