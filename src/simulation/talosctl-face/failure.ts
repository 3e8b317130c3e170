/** A run of talosctl that ends with a message on stderr and exit code 1, as main() does with a returned error. */
export class TalosctlFailure extends Error {}

/** What talosctl has and the simulation does not. */
export const notSimulated = (what: string): TalosctlFailure => new TalosctlFailure(`not simulated: ${what}`);

export const rpcError = (code: string, description: string): string =>
  `rpc error: code = ${code} desc = ${description}`;

/** gRPC's words for an address nobody answers on. */
export const dialError = (address: string, why: string): string =>
  rpcError(
    'Unavailable',
    `connection error: desc = "transport: Error while dialing: dial tcp ${address}:50000: ${why}"`,
  );

/** gRPC's words for a connection whose other end proved to be somebody else, or us (contractors.md 3.8). */
export const tlsError = (why: string): string => rpcError('Unavailable', `connection error: desc = "${why}"`);
