import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { TalosctlError } from './errors.ts';
import { type CertificateReading, readCertificate } from './readers/certificates.ts';

const Talosconfig = z.object({ contexts: z.record(z.string(), z.object({ crt: z.string().optional() })) });

/** The talosconfig that talosctl reads too; a leading ~/ is the home folder. */
function pathOf(env: NodeJS.ProcessEnv): string {
  const home = env.HOME ?? homedir();
  const given = env.TALOSCONFIG;
  if (given === undefined || given === '') return join(home, '.talos', 'config');
  return given.startsWith('~/') ? `${home}${given.slice(1)}` : given;
}

/** The client certificate of a context, one year by default (contractors 5.5). Throws TalosctlError client_config without one. */
export async function talosconfigCertificate(env: NodeJS.ProcessEnv, context: string): Promise<CertificateReading> {
  const path = pathOf(env);
  let crt: string | undefined;
  try {
    crt = Talosconfig.parse(parse(await readFile(path, 'utf8'))).contexts[context]?.crt;
  } catch {
    // What is wrong would be told with the key beside it.
    throw new TalosctlError('client_config', `the talosconfig ${path} can't be read`);
  }
  if (crt === undefined)
    throw new TalosctlError('client_config', `context ${context} of the talosconfig has no certificate`);
  return readCertificate(`talosconfig ${context}`, Buffer.from(crt, 'base64').toString('utf8'), 'the talosconfig');
}
