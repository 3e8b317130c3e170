import { describe, expect, it } from 'vitest';
import { cordon } from '../../../src/simulation/world/machines/node-drain.ts';
import { machineOf, smallWorld } from '../world/worlds.ts';
import { talosctl } from './terminal.ts';

const { world, cluster } = smallWorld();
const lines = (text: string): string[] => text.trimEnd().split('\n');
const BLOCK = (version: string) =>
  `\tTag:         ${version}\n\tSHA:         [0-9a-f]{8}\n\tBuilt:       \n\tGo version:  go1\\.\\d+\\.\\d+\n\tOS/Arch:     linux/amd64\n`;

describe('talosctl version', () => {
  it('prints the Client block, then one block a node', async () => {
    const { stdout, exit } = await talosctl(world, 'version -n 10.5.0.2,10.5.1.1');
    const server = (node: string) => `\tNODE:        ${node}\n${BLOCK('v1.12.11')}\tEnabled:     RBAC\n`;
    expect(stdout).toMatch(
      new RegExp(`^Client:\n${BLOCK('v1.13.9')}Server:\n${server('10.5.0.2')}${server('10.5.1.1')}$`),
    );
    expect(exit).toBe(0);
  });

  it('prints the Client block on stdout and the error on stderr when the node does not answer', async () => {
    const { stdout, stderr, exit } = await talosctl(world, 'version -n 10.9.9.9');
    expect(stdout).toMatch(/^Client:\n\tTag: {9}v1\.13\.9/);
    expect(stdout).not.toContain('Server');
    expect(stderr).toBe(
      'error getting version: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.9.9.9:50000: connect: no route to host"\n',
    );
    expect(exit).toBe(1);
  });

  it('warns about some nodes and answers for the others with exit code 0', async () => {
    const { stdout, stderr, exit } = await talosctl(world, 'version -n 10.5.0.2,10.9.9.9');
    expect(stdout).toContain('NODE:        10.5.0.2');
    expect(stderr).toMatch(/^WARNING: 1 error occurred:\n\t\* 10\.9\.9\.9: rpc error: code = Unavailable/);
    expect(exit).toBe(0);
  });

  it('--client asks nobody; --short shortens the client only', async () => {
    expect((await talosctl(world, 'version --client')).stdout).not.toContain('Server');
    expect((await talosctl(world, 'version --short -n 10.5.0.2')).stdout).toMatch(
      /^Client:\nTalos v1\.13\.9\nServer:\n\tNODE/,
    );
  });
});

describe('talosctl get', () => {
  it('members: the whole list from each node asked', async () => {
    const { stdout } = await talosctl(world, 'get members -n 10.5.0.2,10.5.0.3');
    const [header, ...rows] = lines(stdout);
    expect(header).toMatch(
      /^NODE {7}NAMESPACE {3}TYPE {5}ID {15}VERSION {3}HOSTNAME {9}MACHINE TYPE {3}OS {17}ADDRESSES$/,
    );
    expect(rows).toHaveLength(12);
    expect(rows[0]).toBe(
      '10.5.0.2   cluster     Member   small-cp-1       1         small-cp-1       controlplane   Talos (v1.12.11)   ["10.5.0.2"]',
    );
  });

  it('version: two columns of that name', async () => {
    const [header, row] = lines((await talosctl(world, 'get version -n 10.5.0.2')).stdout);
    expect(header).toBe('NODE       NAMESPACE   TYPE      ID        VERSION   VERSION');
    expect(row).toBe('10.5.0.2   runtime     Version   version   1         v1.12.11');
  });

  it('-o json: indented objects one after the other', async () => {
    const { stdout } = await talosctl(world, 'get extensions -o json -n 10.5.0.2');
    const objects = stdout
      .split(/(?<=^})\n/m)
      .filter(text => text !== '')
      .map(text => JSON.parse(text) as { spec: { metadata: { name: string; version: string } } });
    expect(objects.map(({ spec }) => spec.metadata.name)).toEqual(['iscsi-tools', 'util-linux-tools', 'schematic']);
    expect(objects[2]?.spec.metadata.version).toMatch(/^[0-9a-f]{64}$/);
    expect(stdout).toContain('\n    "node": "10.5.0.2",\n    "metadata": {\n        "namespace": "runtime",');
  });

  it('-o yaml: documents apart by ---, each beginning with its node', async () => {
    const { stdout } = await talosctl(world, 'get ms -o yaml -n 10.5.0.2,10.5.0.3');
    const documents = stdout.split('---\n');
    expect(documents).toHaveLength(2);
    expect(documents[1]).toMatch(
      /^node: 10\.5\.0\.3\nmetadata:\n {4}namespace: runtime\n {4}type: MachineStatuses\.runtime\.talos\.dev\n/,
    );
    expect(documents[1]).toMatch(
      /spec:\n {4}stage: running\n {4}status:\n {8}ready: true\n {8}unmetConditions: \[\]\n$/,
    );
  });

  it.each([
    ['systeminformation', 'UUID', 'system_uuid'],
    ['nodename', 'NODENAME', 'name'],
  ] as const)('%s shows %s of the machine', async (kind, column, field) => {
    const [header, row] = lines((await talosctl(world, `get ${kind} -n 10.5.1.2`)).stdout);
    const start = header?.indexOf(column) ?? -1;
    expect(row?.slice(start).split('   ')[0]).toBe(machineOf(cluster, 'small-worker-2')[field]);
  });

  it('of an unknown kind is an error', async () => {
    const { stderr, exit } = await talosctl(world, 'get unicorns -n 10.5.0.2');
    expect(stderr).toBe(
      'WARNING: 10.5.0.2: server version 1.12.11 is older than client version 1.13.9\nrpc error: code = NotFound desc = resource "unicorns" is not registered\n',
    );
    expect(exit).toBe(1);
  });
});

describe('talosctl', () => {
  it('read gives the boot id of the machine', async () => {
    const { stdout } = await talosctl(world, 'read /proc/sys/kernel/random/boot_id -n 10.5.1.1');
    expect(stdout).toBe(`${machineOf(cluster, 'small-worker-1').boot_id}\n`);
    expect((await talosctl(world, 'read /nothing -n 10.5.1.1')).stderr).toContain(
      'stat /nothing: no such file or directory',
    );
  });

  it('services: etcd and trustd on the control plane only; service X alone', async () => {
    const services = async (node: string) =>
      lines((await talosctl(world, `services -n ${node}`)).stdout)
        .slice(1)
        .map(row => row.split(/ {2,}/)[1]);
    expect(await services('10.5.0.2')).toEqual(expect.arrayContaining(['apid', 'etcd', 'kubelet', 'trustd']));
    expect(await services('10.5.1.1')).not.toContain('etcd');
    expect((await talosctl(world, 'service etcd -n 10.5.0.2')).stdout).toMatch(
      /^NODE {5}10\.5\.0\.2\nID {7}etcd\nSTATE {4}Running\nHEALTH {3}OK\nEVENTS {3}\[Running\]: Health check successful \(/,
    );
  });

  it('logs --tail N prints so many lines, each with its node', async () => {
    const { stdout } = await talosctl(world, 'logs kubelet --tail 1 -n 10.5.1.1');
    expect(lines(stdout)).toHaveLength(1);
    expect(stdout).toMatch(/^10\.5\.1\.1: /);
    expect((await talosctl(world, 'logs nonsense -n 10.5.1.1')).exit).toBe(1);
  });

  it('config contexts marks the current one; config info without a certificate says nothing of it', async () => {
    expect((await talosctl(world, 'config contexts')).stdout).toBe(
      'CURRENT   NAME    ENDPOINTS                    NODES\n*         small   10.5.0.2,10.5.0.3,10.5.0.4   \n',
    );
    expect((await talosctl(world, 'config info')).stdout).toBe(
      'Current context:     small\nNodes:               not defined\nEndpoints:           10.5.0.2, 10.5.0.3, 10.5.0.4\n',
    );
  });

  it('health says everything on stderr, and a cordoned node fails it', async () => {
    const well = await talosctl(world, 'health -n 10.5.0.2');
    expect(well.stdout).toBe('');
    expect(well.stderr).toMatch(
      /^discovered nodes: \["10\.5\.0\.2" .*\]\nwaiting for etcd to be healthy: \.\.\.\nwaiting for etcd to be healthy: OK\n/,
    );
    expect(well.exit).toBe(0);
    const other = smallWorld();
    cordon(other.cluster, 'small-worker-1');
    const ill = await talosctl(other.world, 'health -n 10.5.0.2 --wait-timeout 10s');
    expect(ill.stderr).toContain('some nodes are not schedulable: ["small-worker-1"]');
    expect(ill.stderr).toMatch(
      /healthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n$/,
    );
    expect(ill.exit).toBe(1);
  });

  it.each([
    ['foo', 'unknown command "foo" for "talosctl"'],
    ['version --bar', 'unknown flag: --bar'],
    ['read -n 10.5.0.2', 'accepts 1 arg(s), received 0'],
    ['version --context nowhere -n 10.5.0.2', 'failed to resolve config context: context "nowhere" is not defined'],
    [
      'version --talosconfig /nowhere -n 10.5.0.2',
      'failed to open config file "/nowhere": open /nowhere: no such file or directory',
    ],
    [
      'services',
      'nodes are not set for the command: please use `--nodes` flag or configuration file to set the nodes to run the command against',
    ],
    [
      'services -n 10.5.0.2 -e 10.5.1.1',
      'error listing services: rpc error: code = PermissionDenied desc = no request forwarding',
    ],
    ['health -n 10.5.0.2,10.5.0.3', 'command "health" is not supported with multiple nodes'],
    ['services -n 10.5.0.2 -e 10.9.0.1', 'dial tcp 10.9.0.1:50000: connect: no route to host'],
    ['services -n nowhere.example', 'dial tcp: lookup nowhere.example on'],
  ])('%s is an error with exit code 1', async (line, message) => {
    const { stderr, exit } = await talosctl(world, line);
    expect(stderr).toContain(message);
    expect(exit).toBe(1);
  });

  it('answers as another machine while the identity is wrong', async () => {
    const other = smallWorld();
    other.cluster.faults.arm({ kind: 'wrong_identity', node: 'small-cp-2', as_node: 'small-cp-3' });
    const { stdout } = await talosctl(other.world, 'get nodename -n 10.5.0.3');
    expect(stdout).toContain('small-cp-3');
  });
});
