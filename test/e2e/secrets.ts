/** Secrets of every kind that our inputs may hold, each made up here, and where to look for them. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const KEY_BODY = 'MC4CAQAwBQYDK2VwBCIEIPlantedPlantedPlantedPlantedPlanted0123456789';
const PEM = `-----BEGIN PRIVATE KEY-----\n${KEY_BODY}\n-----END PRIVATE KEY-----`;
const jwtPart = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What must be found nowhere: the secret part of each. */
export const secrets = {
  awsKeyId: 'AKIAPLANTED7EXAMPLE0',
  awsSecret: 'wJalrXUtnFEMIplantedK7MDENGbPxRfiCYEXAMPLEKE',
  github: 'ghp_plantedPLANTED0123456789plantedPLANTED',
  slack: 'xoxb-1234567890-planted-PlantedPlanted01',
  jwt: `${jwtPart({ alg: 'RS256' })}.${jwtPart({ sub: 'planted' })}.c2lnbmF0dXJlUGxhbnRlZA`,
  bearer: 'planted-bearer-0123456789abcdef',
  pemBody: KEY_BODY,
  clientKeyData: base64(PEM),
  talosKey: base64(`-----BEGIN ED25519 PRIVATE KEY-----\n${KEY_BODY}\n-----END ED25519 PRIVATE KEY-----`),
  password: 'Planted-Passw0rd!',
  bootstrapToken: 'p1ante.d0123456789abcde',
} as const;

/** One text with all of them, as logs, errors and people write them. */
export const leak = [
  `aws_access_key_id=${secrets.awsKeyId} aws_secret_access_key=${secrets.awsSecret}`,
  `pushed with ${secrets.github} and ${secrets.slack}`,
  `Authorization: Bearer ${secrets.bearer}`,
  `session ${secrets.jwt}`,
  `client-key-data: ${secrets.clientKeyData}`,
  `key: ${secrets.talosKey}`,
  `password: ${secrets.password}`,
  `join with ${secrets.bootstrapToken}`,
  PEM,
].join('\n');

/** Every secret as it may stand in a file, an answer or a log: as it is, and as the base64 of it. */
export function leaksIn(text: string): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    text.includes(secret) || text.includes(base64(secret)) ? [name] : [],
  );
}

/** Secrets in files under `folder`, as "path: name"; files whose whole text is `planted` are inputs of others and left out. */
export async function leaksUnder(folder: string, planted: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if (!(await lstat(path)).isFile()) continue;
    const text = await readFile(path, 'utf8');
    if (planted.includes(text)) continue;
    for (const leaked of leaksIn(text)) found.push(`${name}: ${leaked}`);
  }
  return found;
}
