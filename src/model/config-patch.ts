/** Patches of machine configurations: they are journalled and stand on command lines, so they hold no secret. */
import * as z from 'zod';

/** Keys under which a Talos machine configuration keeps secrets, whatever their value (v1alpha1 and the documents beside it). */
const SECRET_KEY =
  /^(?:ca|token|secret|auth|password|username|aggregatorCA|serviceAccount|acceptedCAs|bootstrapToken|identityToken|apiSecret)$|(?:secret|password|token|privateKey|encryptionSecret|passphrase|presharedKey)$/i;
/** Whether a machine configuration keeps a secret under this key. */
export const isSecretKey = (key: string): boolean => SECRET_KEY.test(key);

const PEM = /-----BEGIN |LS0tLS1CRUdJTi/;
/** Deeper than any machine configuration. */
const DEEPEST = 20;

/** The paths in a patch under which a secret stands, or could; empty for none. */
export function secretPathsOf(patch: unknown, path: readonly string[] = []): string[] {
  if (path.length > DEEPEST) return [path.join('.')];
  if (typeof patch === 'string') return PEM.test(patch) ? [path.join('.')] : [];
  if (typeof patch !== 'object' || patch === null) return [];
  return Object.entries(patch).flatMap(([key, value]) => {
    const here = [...path, key];
    return !Array.isArray(patch) && isSecretKey(key) ? [here.join('.')] : secretPathsOf(value, here);
  });
}

/** A strategic merge patch of a machine configuration, without secrets: e.g. {machine: {kubelet: {image}}}. */
export const ConfigPatch = z
  .record(z.string(), z.unknown())
  .refine(patch => Object.keys(patch).length > 0, 'the patch is empty')
  .refine(
    patch => secretPathsOf(patch).length === 0,
    'a patch holds no secrets: they belong into a machine config file',
  );
export type ConfigPatch = z.infer<typeof ConfigPatch>;

/** How a configuration comes into force; `reboot` is gone from talosctl 1.14 on, and `auto` reboots where it must (contractors 5.4). */
export const ApplyMode = z.enum(['auto', 'no-reboot', 'staged', 'try']);
export type ApplyMode = z.infer<typeof ApplyMode>;
