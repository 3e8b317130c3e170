import { at, isObject, type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../manifest/json.ts';
import type { Container } from '../manifest/pod-templates.ts';

/** One control of the Pod Security Standards that is not kept. */
export interface Violation {
  level: 'baseline' | 'restricted';
  path: string;
  message: string;
  fix: string;
}

/** Capabilities that the baseline profile lets a container add; restricted lets it add the first only, and drops all others. */
const BASELINE_CAPABILITIES = [
  'NET_BIND_SERVICE',
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** Controls that a pod's securityContext and a container's have in common; `path` is that of the securityContext. */
export function commonViolations(context: JsonObject, path: string): Violation[] {
  const found: Violation[] = [];
  const baseline = (field: string, message: string, fix: string): void => {
    found.push({ level: 'baseline', path: `${path}.${field}`, message, fix });
  };
  if (at(context, 'windowsOptions', 'hostProcess') === true)
    baseline('windowsOptions.hostProcess', 'runs as a part of the host', 'leave it out');
  const selinux = objectAt(context, 'seLinuxOptions');
  if (!SELINUX_TYPES.includes(textAt(selinux, 'type') ?? ''))
    baseline('seLinuxOptions.type', 'asks for an SELinux type of its own', 'leave it out');
  for (const field of ['user', 'role'] as const)
    if ((textAt(selinux, field) ?? '') !== '')
      baseline(`seLinuxOptions.${field}`, `asks for an SELinux ${field}`, 'leave it out');
  const armor = textAt(context, 'appArmorProfile', 'type');
  if (armor !== undefined && armor !== 'RuntimeDefault' && armor !== 'Localhost')
    baseline('appArmorProfile.type', 'runs without AppArmor', 'use RuntimeDefault');
  if (textAt(context, 'seccompProfile', 'type') === 'Unconfined')
    baseline('seccompProfile.type', 'runs without seccomp', 'use RuntimeDefault');
  if (context.runAsUser === 0)
    found.push({ level: 'restricted', path: `${path}.runAsUser`, message: 'runs as root', fix: 'use another user id' });
  if (context.runAsNonRoot === false)
    found.push({
      level: 'restricted',
      path: `${path}.runAsNonRoot`,
      message: 'may run as root',
      fix: 'set it to true',
    });
  return found;
}

const HANDLERS = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
] as const;

/** Probes and hooks that call another host than the pod (baseline since Kubernetes 1.34). */
function handlerViolations({ path, name, spec }: Container): Violation[] {
  return HANDLERS.flatMap(steps =>
    (['httpGet', 'tcpSocket'] as const).flatMap((action): Violation[] => {
      const host = textAt(spec, ...steps, action, 'host') ?? '';
      const field = `${path}.${steps.join('.')}.${action}.host`;
      const message = `container ${name} has a probe or hook that calls another host`;
      return host === '' ? [] : [{ level: 'baseline', path: field, message, fix: 'leave the host out' }];
    }),
  );
}

function capabilityViolations({ path, name, spec }: Container): Violation[] {
  const where = `${path}.securityContext.capabilities`;
  const added = textsAt(spec, 'securityContext', 'capabilities', 'add');
  const dropped = textsAt(spec, 'securityContext', 'capabilities', 'drop');
  const found = added
    .filter(capability => capability !== BASELINE_CAPABILITIES[0])
    .map(
      (capability): Violation => ({
        level: BASELINE_CAPABILITIES.includes(capability) ? 'restricted' : 'baseline',
        path: `${where}.add`,
        message: `container ${name} adds the capability ${capability}`,
        fix: 'add none, or NET_BIND_SERVICE',
      }),
    );
  if (!dropped.includes('ALL'))
    found.push({
      level: 'restricted',
      path: `${where}.drop`,
      message: `container ${name} does not drop all capabilities`,
      fix: 'drop: [ALL]',
    });
  return found;
}

/** What one container does against the standards; `pod` is the pod's own securityContext, which stands where it says nothing. */
export function containerViolations(container: Container, pod: JsonObject, isWindows: boolean): Violation[] {
  const { path, name, spec } = container;
  const context = objectAt(spec, 'securityContext');
  const where = `${path}.securityContext`;
  const found: Violation[] = commonViolations(context, where).map(violation => ({
    ...violation,
    message: `container ${name} ${violation.message}`,
  }));
  const tell = (level: Violation['level'], field: string, message: string, fix: string): void => {
    found.push({ level, path: field, message: `container ${name} ${message}`, fix });
  };
  if (context.privileged === true) tell('baseline', `${where}.privileged`, 'is privileged', 'leave it out');
  if (!['', 'Default'].includes(textAt(context, 'procMount') ?? ''))
    tell('baseline', `${where}.procMount`, 'sees /proc unmasked', 'leave it out');
  objectsAt(spec, 'ports').forEach((port, index) => {
    if (typeof port.hostPort === 'number' && port.hostPort !== 0)
      tell('baseline', `${path}.ports[${index}].hostPort`, 'takes a port of the host', 'use a Service');
  });
  found.push(...handlerViolations(container));
  if (context.runAsNonRoot === undefined && pod.runAsNonRoot !== true)
    tell(
      'restricted',
      `${where}.runAsNonRoot`,
      'may run as root',
      'set runAsNonRoot: true on the pod or the container',
    );
  // What Linux alone has is not asked of a Windows pod (restricted profile, spec.os.name).
  if (isWindows) return found;
  found.push(...capabilityViolations(container));
  if (context.allowPrivilegeEscalation !== false)
    tell('restricted', `${where}.allowPrivilegeEscalation`, 'may gain privileges', 'set it to false');
  const profile = isObject(context.seccompProfile) ? context.seccompProfile : objectAt(pod, 'seccompProfile');
  if (!['RuntimeDefault', 'Localhost', 'Unconfined'].includes(textAt(profile, 'type') ?? ''))
    tell('restricted', `${where}.seccompProfile.type`, 'has no seccomp profile', 'set RuntimeDefault on the pod');
  if (textAt(profile, 'type') === 'Unconfined' && !isObject(context.seccompProfile))
    tell('restricted', `${where}.seccompProfile.type`, 'runs without seccomp, as the pod says', 'use RuntimeDefault');
  return found;
}
