import type { TalosErrorClass } from '../../model/talos.ts';

/** Rows of the classification table that readers of other people's contractors may meet (contractors 3.8). */
const CLASSES: readonly (readonly [RegExp, TalosErrorClass])[] = [
  [/code = DeadlineExceeded|i\/o timeout/, 'timeout'],
  [/tls: |x509: /, 'tls'],
  [/no request forwarding/, 'wrong_endpoint'],
  [/code = (PermissionDenied|Unauthenticated)/, 'authorization'],
  [/code = Unavailable|connection refused|no route to host|network is unreachable|no such host/, 'unreachable'],
  [/etcdserver: no leader/, 'quorum_lost'],
  [/code = Unimplemented/, 'unsupported'],
  [/code = InvalidArgument|Usage:|Input validation error|Unknown tool/, 'invalid_argument'],
  [/failed to open config file|failed to resolve config context|No Talos configuration loaded/, 'client_config'],
];

/** The class of a failure's text; `failed` when no row fits. */
export function classOf(text: string): TalosErrorClass {
  return CLASSES.find(([pattern]) => pattern.test(text))?.[1] ?? 'failed';
}
