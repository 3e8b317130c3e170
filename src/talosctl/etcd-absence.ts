import type { TalosErrorClass } from '../model/talos.ts';
import { type Connection, commands, machineAddress } from './argv.ts';
import { type AskOptions, ask, type Talosctl } from './ask.ts';
import { TalosctlError } from './errors.ts';
import { readServices } from './readers/services.ts';

/** etcd has no data of its own and waits to be told, or to join (contractors 5.3). */
const WAITING_STATES: readonly string[] = ['Initialized', 'Waiting', 'Preparing'];
/** What a machine that is gone for good, or was wiped, answers. */
const SILENCE: readonly TalosErrorClass[] = ['unreachable', 'timeout', 'tls'];

/** Why etcd may not begin anew beside this node; undefined when its own etcd waits. */
async function standing(
  talosctl: Talosctl,
  connection: Connection,
  isGone: boolean,
  options: AskOptions,
): Promise<string | undefined> {
  try {
    const services = readServices(await ask(talosctl, connection, commands.services(), options));
    const etcd = services.find(({ id }) => id === 'etcd');
    if (etcd === undefined) return `${connection.node} has no etcd, so it is no control plane node`;
    return WAITING_STATES.includes(etcd.state) ? undefined : `etcd on ${connection.node} is ${etcd.state}`;
  } catch (error) {
    if (!(error instanceof TalosctlError)) throw error;
    if (isGone && SILENCE.includes(error.errorClass)) return undefined;
    return `${connection.node} does not tell whether etcd runs there (${error.errorClass})`;
  }
}

/**
 * Throws TalosctlError precondition unless etcd runs on no control plane node: a second cluster beside a living one would be the
 * end of both. A node that does not answer may be alive for others, so it counts as running unless it is named in `gone`; the node
 * itself has to answer. Asked of each by itself, through the endpoints.
 */
export async function assertNoEtcd(
  talosctl: Talosctl,
  connection: Connection,
  controlPlane: { addresses: readonly string[]; gone: readonly string[] },
  options: AskOptions,
): Promise<void> {
  const { node } = connection;
  const addresses = [...new Set([node, ...controlPlane.addresses].map(machineAddress))];
  const found = await Promise.all(
    addresses.map(address => {
      const isGone = address !== node && controlPlane.gone.includes(address);
      return standing(talosctl, { ...connection, node: address }, isGone, options);
    }),
  );
  const reasons = found.filter(reason => reason !== undefined);
  if (reasons.length === 0) return;
  throw new TalosctlError('precondition', `etcd can't begin anew: ${reasons.join('; ')}; nothing was sent`, {
    remedy: 'look at etcd on every control plane node; name the ones that are lost for good',
  });
}
