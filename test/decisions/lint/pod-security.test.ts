import { describe, expect, it } from 'vitest';
import { CONTAINER, container, deployment, lint, manifest, POD } from './linted.ts';

/** Levels and paths of what breaks the standards. */
const broken = (object: object): string[] =>
  lint(manifest(object))
    .filter(({ id }) => id.startsWith('pod_security'))
    .map(({ id, path }) => `${id.slice('pod_security_'.length)} ${path.replace(/^spec\.template\.spec\./, '')}`);

const secured = (context: object): Record<string, unknown> =>
  container({ securityContext: { ...CONTAINER.securityContext, ...context } });
const podSecured = (context: object): Record<string, unknown> =>
  deployment({ securityContext: { ...POD.securityContext, ...context } });

const C = 'containers[0]';

describe('R309: the restricted profile of the Pod Security Standards', () => {
  it.each<[string, object, string[]]>([
    ['hostNetwork', deployment({ hostNetwork: true }), ['baseline hostNetwork']],
    ['hostPID', deployment({ hostPID: true }), ['baseline hostPID']],
    ['hostIPC', deployment({ hostIPC: true }), ['baseline hostIPC']],
    ['privileged', secured({ privileged: true }), [`baseline ${C}.securityContext.privileged`]],
    [
      'a capability of the baseline',
      secured({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
      [`restricted ${C}.securityContext.capabilities.add`],
    ],
    [
      'a capability beyond it',
      secured({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } }),
      [`baseline ${C}.securityContext.capabilities.add`],
    ],
    ['NET_BIND_SERVICE', secured({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }), []],
    [
      'not all dropped',
      secured({ capabilities: { drop: ['KILL'] } }),
      [`restricted ${C}.securityContext.capabilities.drop`],
    ],
    ['hostPath', deployment({ volumes: [{ name: 'a', hostPath: { path: '/' } }] }), ['baseline volumes[0].hostPath']],
    ['nfs', deployment({ volumes: [{ name: 'a', nfs: {} }] }), ['restricted volumes[0].nfs']],
    [
      'allowed volumes',
      deployment({
        volumes: [
          'configMap',
          'csi',
          'downwardAPI',
          'emptyDir',
          'ephemeral',
          'persistentVolumeClaim',
          'projected',
          'secret',
        ].map(kind => ({ name: kind.toLowerCase(), [kind]: {} })),
      }),
      [],
    ],
    ['a host port', container({ ports: [{ containerPort: 80, hostPort: 80 }] }), [`baseline ${C}.ports[0].hostPort`]],
    ['host port 0', container({ ports: [{ containerPort: 80, hostPort: 0 }] }), []],
    [
      'a probe of another host',
      container({ livenessProbe: { httpGet: { host: '10.0.0.1', port: 1 } } }),
      [`baseline ${C}.livenessProbe.httpGet.host`],
    ],
    [
      'a hook to another host',
      container({ lifecycle: { preStop: { tcpSocket: { host: 'x', port: 1 } } } }),
      [`baseline ${C}.lifecycle.preStop.tcpSocket.host`],
    ],
    [
      'AppArmor off',
      secured({ appArmorProfile: { type: 'Unconfined' } }),
      [`baseline ${C}.securityContext.appArmorProfile.type`],
    ],
    ['AppArmor of the runtime', secured({ appArmorProfile: { type: 'RuntimeDefault' } }), []],
    [
      'an SELinux type',
      podSecured({ seLinuxOptions: { type: 'spc_t' } }),
      ['baseline securityContext.seLinuxOptions.type'],
    ],
    [
      'an SELinux user',
      podSecured({ seLinuxOptions: { user: 'root' } }),
      ['baseline securityContext.seLinuxOptions.user'],
    ],
    ['an SELinux level', podSecured({ seLinuxOptions: { level: 's0', type: 'container_t' } }), []],
    ['procMount', secured({ procMount: 'Unmasked' }), [`baseline ${C}.securityContext.procMount`]],
    ['a sysctl', podSecured({ sysctls: [{ name: 'kernel.msgmax' }] }), ['baseline securityContext.sysctls']],
    ['a safe sysctl', podSecured({ sysctls: [{ name: 'net.ipv4.tcp_syncookies' }] }), []],
    [
      'a Windows host’s part',
      secured({ windowsOptions: { hostProcess: true } }),
      [`baseline ${C}.securityContext.windowsOptions.hostProcess`],
    ],
    [
      'privileges to gain',
      secured({ allowPrivilegeEscalation: undefined }),
      [`restricted ${C}.securityContext.allowPrivilegeEscalation`],
    ],
    ['root by default', podSecured({ runAsNonRoot: undefined }), [`restricted ${C}.securityContext.runAsNonRoot`]],
    ['root of the container', secured({ runAsNonRoot: false }), [`restricted ${C}.securityContext.runAsNonRoot`]],
    ['user 0', secured({ runAsUser: 0 }), [`restricted ${C}.securityContext.runAsUser`]],
    ['user 1000', secured({ runAsUser: 1000 }), []],
    ['no seccomp', podSecured({ seccompProfile: undefined }), [`restricted ${C}.securityContext.seccompProfile.type`]],
    [
      'seccomp off for one',
      secured({ seccompProfile: { type: 'Unconfined' } }),
      [`baseline ${C}.securityContext.seccompProfile.type`],
    ],
    [
      'non-root and seccomp of the container alone',
      {
        ...podSecured({ runAsNonRoot: undefined, seccompProfile: undefined }),
        ...deployment({
          securityContext: {},
          containers: [
            {
              ...CONTAINER,
              securityContext: {
                ...CONTAINER.securityContext,
                runAsNonRoot: true,
                seccompProfile: { type: 'Localhost', localhostProfile: 'a' },
              },
            },
          ],
        }),
      },
      [],
    ],
  ])('%s', (_title, object, expected) => {
    expect(broken(object)).toEqual(expected);
  });

  it('is asked of init containers and ephemeral ones too', () => {
    const bare = { name: 'x', image: 'x:1', resources: CONTAINER.resources };
    const paths = broken(deployment({ initContainers: [bare], ephemeralContainers: [bare] }));
    expect(paths.filter(path => path.includes('initContainers[0]'))).toHaveLength(2);
    expect(paths.filter(path => path.includes('ephemeralContainers[0]'))).toHaveLength(2);
  });

  it('asks of a Windows pod only what Windows has', () => {
    const paths = broken(deployment({ os: { name: 'windows' }, containers: [{ ...CONTAINER, securityContext: {} }] }));
    expect(paths).toEqual([]);
  });

  it('reads AppArmor’s annotation of old', () => {
    const object = deployment();
    const { spec } = object as { spec: { template: { metadata: object } } };
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/web': 'unconfined' };
    const template = { ...spec.template, metadata: { ...spec.template.metadata, annotations } };
    const changed = { ...object, spec: { ...spec, template } };
    expect(broken(changed)).toEqual(['baseline spec.template.metadata.annotations']);
  });

  it('finds the pod of a bare Pod and of a CronJob', () => {
    const pod = { metadata: { labels: {} }, spec: { hostPID: true, containers: [] } };
    expect(broken({ apiVersion: 'v1', kind: 'Pod', ...pod, metadata: { name: 'a' } })).toEqual([
      'baseline spec.hostPID',
    ]);
    const spec = { jobTemplate: { spec: { template: pod } } };
    expect(broken({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'a' }, spec })).toEqual([
      'baseline spec.jobTemplate.spec.template.spec.hostPID',
    ]);
  });
});
