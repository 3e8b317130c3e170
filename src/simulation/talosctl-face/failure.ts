/** A run of talosctl that ends with a message on stderr and exit code 1, as main() does with a returned error. */
export class TalosctlFailure extends Error {}

/** The same, with the usage text after it: talosctl adds it to errors about arguments, flags and commands. */
export class UsageFailure extends TalosctlFailure {}

export const rpcError = (code: string, description: string): string =>
  `rpc error: code = ${code} desc = ${description}`;

/** gRPC's words for an address nobody answers on. */
export const dialError = (address: string, why: string): string =>
  rpcError(
    'Unavailable',
    `connection error: desc = "transport: Error while dialing: dial tcp ${address}:50000: ${why}"`,
  );
