import { describe, expect, it } from 'vitest';
import { classify, failure, tellsOfFailure } from '../../src/talosctl/classify.ts';

const dialing =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp';
const handshake =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed:';

describe('every failure text that talosctl is known to print has its class', () => {
  it.each([
    ['unreachable', `${dialing} 10.0.20.3:50000: connect: connection refused"`],
    [
      'unreachable',
      `error getting version: ${dialing.replace('dialing:', 'dialing')} 10.0.20.3:50000: connect: no route to host"`,
    ],
    ['unreachable', `${dialing} 10.0.20.3:50000: i/o timeout"`],
    ['unreachable', `${dialing} 10.0.20.3:50000: connect: network is unreachable"`],
    ['unreachable', `${dialing}: lookup test on 10.10.10.10:53: no such host"`],
    ['unreachable', 'unavailable, retrying...'],
    ['timeout', 'rpc error: code = DeadlineExceeded desc = context deadline exceeded'],
    [
      'timeout',
      'rpc error: code = DeadlineExceeded desc = context deadline exceeded while waiting for connections to become ready',
    ],
    [
      'tls',
      `${handshake} tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2022-10-28T23:27:48+02:00 is before 2022-10-28T22:14:20Z"`,
    ],
    [
      'tls',
      'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: remote error: tls: bad certificate"',
    ],
    ['tls', 'error reading server preface: remote error: tls: unknown certificate authority'],
    [
      'tls',
      `${handshake} tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "x509: Ed25519 verification failure" while trying to verify candidate authority certificate "talos")"`,
    ],
    ['tls', 'x509: certificate is valid for kdev-n1, 10.0.0.2, not talos.default'],
    ['authorization', 'rpc error: code = PermissionDenied desc = not authorized'],
    ['authorization', 'rpc error: code = Unauthenticated desc = invalid signature'],
    ['wrong_endpoint', 'rpc error: code = PermissionDenied desc = no request forwarding'],
    [
      'invalid_argument',
      'rpc error: code = InvalidArgument desc = one-2-many proxying is not supported for COSI methods',
    ],
    ['invalid_argument', 'rpc error: code = Unknown desc = one-2-many proxying is not supported for method /machine.X'],
    ['invalid_argument', 'command "health" is not supported with multiple nodes'],
    ['client_config', 'failed to open config file "/x": no such file or directory'],
    ['client_config', 'failed to resolve config context: default context not set'],
    ['client_config', 'nodes are not set for the command: please use `--nodes` flag or configuration file'],
    ['client_config', 'context "x" is not defined'],
    ['client_config', 'error reading config: yaml: line 1'],
    ['precondition', 'rpc error: code = AlreadyExists desc = etcd data directory is not empty'],
    ['precondition', 'rpc error: code = FailedPrecondition desc = bootstrap is not available yet'],
    ['precondition', 'rpc error: code = FailedPrecondition desc = time is not in sync yet'],
    ['precondition', 'bootstrap can only be performed on a control plane node'],
    ['quorum_lost', 'error getting members: rpc error: code = Unknown desc = etcdserver: no leader'],
    ['quorum_lost', 'error getting members: rpc error: code = Unavailable desc = etcdserver: no leader'],
    ['quorum_lost', 'rpc error: code = Unavailable desc = etcdserver: request timed out'],
    ['quorum_lost', 'etcdserver: re-configuration failed due to not enough started members'],
    ['precondition', 'etcdserver: rpc not supported for learner'],
    ['failed', 'etcdserver: server stopped'],
    ['failed', 'failed to create etcd client: something else'],
    [
      'precondition',
      '"10.0.64.1": rpc error: code = DeadlineExceeded desc = error validating etcd for upgrade: etcd member ac3fbb15f6a9a774 is not healthy; all members must be healthy to perform an upgrade: context deadline exceeded',
    ],
    ['precondition', 'etcd member count(2) is insufficient to maintain quorum if upgrade commences'],
    ['precondition', 'etcd member 00000000000000ab is not started, all members must be running to perform an upgrade'],
    [
      'busy',
      'failed to acquire upgrade mutex: error trying to lock etcd upgrade mutex: mutex: locked by another session',
    ],
    [
      'image',
      'rpc error: code = Unknown desc = error validating installer image "factory.talos.dev/installer/x:v1.9.6": 1 error(s) occurred:\n    failed to pull image factory.talos.dev/x: failed to resolve reference "x": not found',
    ],
    ['image', 'error pulling upgrade image: rpc error: code = NotFound desc = x: not found'],
    ['version', 'pre-flight checks failed: host version 1.8.0 is too old to upgrade to Talos 1.13.9'],
    ['version', 'host version 1.15.0 is too new to downgrade to Talos 1.12.0'],
    ['version', 'host version 1.9.0 is denied for upgrade'],
    ['busy', 'rpc error: code = FailedPrecondition desc = another installation/upgrade is already in progress'],
    ['precondition', 'rpc error: code = FailedPrecondition desc = machine is not installed'],
    ['failed', 'error during upgrade: node 10.0.0.2: upgrade failed with exit code 1'],
    ['failed', 'error draining node "k8s-1": context deadline exceeded'],
    [
      'failed',
      'sequence error: sequence failed: error running phase 4 in upgrade sequence: task 1/1: failed, failed to leave cluster: 1 error(s) occurred: failed to remove member 1: etcdserver: server stopped',
    ],
    ['failed', 'failed to install bootloader: write /sys/firmware/efi/efivars/LoaderEntryDefault-x: invalid argument'],
    ['busy', 'reset failed: locked'],
    ['busy', 'sequence not started: locked'],
    ['busy', 'another apply configuration is already in progress'],
    [
      'busy',
      'configuration was already applied and node is rebooting, cannot apply more configuration changes until next reboot',
    ],
    [
      'invalid_argument',
      'rpc error: code = InvalidArgument desc = 1 error occurred:\n\t* v1alpha1.Config: 4 errors occurred:\n\t* kubelet image is not valid: version of Kubernetes 1.36.0-alpha.1 is too new to be used with Talos 1.12.5',
    ],
    ['unsupported', 'method is not supported in container mode'],
    ['unsupported', 'rpc error: code = Unimplemented desc = member list is only available on control plane nodes'],
    ['unsupported', 'unknown flag: --drain'],
    ['unsupported', 'Error: unknown command "statuz" for "talosctl etcd"'],
    ['version', 'unsupported upgrade path 1.32->1.34 (from "1.32.0" to "1.34.0")'],
    ['image', 'failed pre-pulling images: x'],
    ['failed', 'failed updating service "kube-apiserver": x'],
    ['failed', 'failed upgrading kubelet: error updating node "X": x'],
    ['version', 'compatibility check failed on node "X": x'],
    ['precondition', 'cannot forfeit leadership, only one member'],
    ['not_found', 'rpc error: code = NotFound desc = resource x not found'],
    ['not_found', 'rpc error: code = Unknown desc = log "gm-probe" was not registered'],
    ['failed', 'something nobody has ever seen'],
    ['failed', ''],
  ])('%s: %s', (errorClass, text) => expect(classify(text)).toBe(errorClass));
});

describe('tellsOfFailure', () => {
  it('sees a node that did not answer behind exit code 0', () => {
    expect(tellsOfFailure('WARNING: 1 error occurred:\n\t* 10.0.0.2: rpc error: code = Unavailable desc = x')).toBe(
      true,
    );
    expect(tellsOfFailure('1 error(s) occurred:\n\tx')).toBe(true);
    expect(tellsOfFailure('ERROR: something')).toBe(true);
  });
  it('takes a warning about versions for what it is', () =>
    expect(tellsOfFailure('WARNING: 10.0.64.1: server version 1.8.4 is older than client version 1.9.5')).toBe(false));
});

describe('failure', () => {
  it('keeps what was said without the usage text that follows it', () => {
    const error = failure('talosctl upgrade', 'unknown flag: --drain\nUsage:\n  talosctl upgrade [flags]\n', 1);
    expect(error).toMatchObject({ errorClass: 'unsupported', message: 'talosctl upgrade: unknown flag: --drain' });
  });
  it('says that nothing was said', () =>
    expect(failure('talosctl version', ' \n', 3).message).toBe('talosctl version exited 3 without saying why'));
});
