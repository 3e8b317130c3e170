import * as z from 'zod';

/** Keys under which others name machines' addresses, in one text or a list (cortex-ecosystem: "tolerant mapper"). */
const ADDRESS_KEYS = ['ip', 'ip_address', 'ipAddress', 'address', 'internal_ip'];
const LIST_KEYS = ['addresses', 'ips', 'ip_addresses', 'nodes', 'vms', 'machines', 'resources'];

const Address = z.union([z.ipv4(), z.ipv6()]);

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const addressOf = (value: unknown): string | undefined => {
  const text = typeof value === 'string' ? value.trim().replace(/\/\d{1,3}$/, '') : '';
  return Address.safeParse(text).success ? text : undefined;
};

/**
 * The machines' addresses that a reply of the Infrastructure division names, each once, in its order; a prefix length is left off.
 * Its example names none (ledger R323), so none is a usual answer: they have to be asked for.
 */
export function provisionedAddresses(context: Readonly<Record<string, unknown>>): string[] {
  const listed = LIST_KEYS.flatMap(key => {
    const given = context[key];
    return Array.isArray(given) ? given.slice(0, 200) : [];
  });
  const found = listed.flatMap((item: unknown) => {
    if (!isFields(item)) return addressOf(item) ?? [];
    return ADDRESS_KEYS.flatMap(key => addressOf(item[key]) ?? []).slice(0, 1);
  });
  const single = ADDRESS_KEYS.flatMap(key => addressOf(context[key]) ?? []).slice(0, 1);
  return [...new Set([...found, ...single])];
}
