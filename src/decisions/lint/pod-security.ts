import { objectAt, objectsAt, textAt } from '../manifest/json.ts';
import { containersOf, type PodTemplate, podTemplates, specPath } from '../manifest/pod-templates.ts';
import type { Found, Rule } from './finding.ts';
import { commonViolations, containerViolations, type Violation } from './pod-security-container.ts';

/** The kinds of volumes that the restricted profile allows. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

const SHARED = [
  ['hostNetwork', 'shares the network of its node'],
  ['hostPID', 'shares the processes of its node'],
  ['hostIPC', 'shares the memory of its node'],
] as const;

function volumeViolations(template: PodTemplate): Violation[] {
  return objectsAt(template.spec, 'volumes').flatMap((volume, index): Violation[] => {
    const kind = Object.keys(volume).find(key => key !== 'name') ?? 'emptyDir';
    if (VOLUMES.includes(kind)) return [];
    const isHost = kind === 'hostPath';
    const message = isHost ? 'the pod mounts a path of its node' : `the pod has a volume of kind ${kind}`;
    const path = specPath(template, `volumes[${index}].${kind}`);
    return [{ level: isHost ? 'baseline' : 'restricted', path, message, fix: 'use a PersistentVolumeClaim' }];
  });
}

function podViolations(template: PodTemplate): Violation[] {
  const { spec, annotations } = template;
  const context = objectAt(spec, 'securityContext');
  const where = specPath(template, 'securityContext');
  const shared = SHARED.filter(([field]) => spec[field] === true).map(
    ([field, message]): Violation => ({
      level: 'baseline',
      path: specPath(template, field),
      message: `the pod ${message}`,
      fix: 'leave it out',
    }),
  );
  const sysctls = objectsAt(context, 'sysctls')
    .filter(sysctl => !SYSCTLS.includes(textAt(sysctl, 'name') ?? ''))
    .map(
      (): Violation => ({
        level: 'baseline',
        path: `${where}.sysctls`,
        message: 'the pod sets a sysctl that its node may not be asked for',
        fix: 'leave it out',
      }),
    );
  const armor = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(ARMOR) && !/^(?:|runtime\/default|localhost\/.+)$/.test(value))
    .map(
      (): Violation => ({
        level: 'baseline',
        path: [template.path, 'metadata.annotations'].filter(part => part !== '').join('.'),
        message: 'the pod runs without AppArmor',
        fix: 'leave the annotation out',
      }),
    );
  const own = commonViolations(context, where).map(found => ({ ...found, message: `the pod ${found.message}` }));
  return [...shared, ...own, ...sysctls, ...armor, ...volumeViolations(template)];
}

/** What a template does against the restricted profile, which holds the baseline's controls too (Pod Security Standards). */
export function violationsOf(template: PodTemplate): Violation[] {
  const pod = objectAt(template.spec, 'securityContext');
  const isWindows = textAt(template.spec, 'os', 'name') === 'windows';
  return [
    ...podViolations(template),
    ...containersOf(template).flatMap(container => containerViolations(container, pod, isWindows)),
  ];
}

/** The restricted profile on all pods (R309); what breaks the baseline gives power over the node and blocks. */
export const lintPodSecurity: Rule = objects =>
  podTemplates(objects).flatMap(template =>
    violationsOf(template).map(
      ({ level, path, message, fix }): Found => ({
        id: level === 'baseline' ? 'pod_security_baseline' : 'pod_security_restricted',
        object: template.object,
        path,
        message,
        fix,
      }),
    ),
  );
