import type { ClusterPorts, TalosTarget } from '../../ports.ts';
import type { StepLook } from './step.ts';

/** A machine in maintenance and the configuration that it is to be given. */
interface FirstConfig {
  cluster: ClusterPorts;
  where: TalosTarget;
  systemUuid: string;
  path: string;
  sha256: string;
}

/** The configuration goes to a machine that has none; it installs by it. */
export const firstConfig = ({ cluster, where, systemUuid, path, sha256 }: FirstConfig): StepLook => ({
  kind: 'effect',
  reason: 'it has no configuration',
  effect: {
    kind: 'apply_config',
    cluster: cluster.config.name,
    node: where.address,
    address: where.address,
    endpoints: [...where.endpoints],
    system_uuid: systemUuid,
    path,
    sha256,
    mode: 'auto',
    maintenance: true,
  },
});
