import { describe, expect, it, onTestFinished } from 'vitest';
import { openContractors } from '../../src/contractors/registry.ts';
import { DivisionError } from '../../src/errors.ts';
import type { McpServerEntry } from '../../src/model/config.ts';
import { bench, clusterConfig, divisionError, never, target } from './fixtures/bench.ts';

const talos = { contractor: 'talos', talosconfig: '/tmp/talosconfig', context: 'prod', endpoints: ['10.0.0.2'] };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

function open(contractors: Record<string, McpServerEntry>) {
  const opened = openContractors(
    { contractors },
    { receiptsDirectory: '/tmp/none', clock: { now: () => 0, sleep: () => Promise.resolve() }, log: quiet },
  );
  onTestFinished(() => opened.close());
  return opened;
}

function refusal(act: () => unknown): DivisionError {
  try {
    act();
  } catch (error) {
    if (error instanceof DivisionError) return error;
  }
  throw new Error('nothing was refused');
}

describe('the registry', () => {
  it('gives the contractor the talosconfig, the receipts directory and its own env, and none of our secrets', async () => {
    process.env.GM_TEST_SECRET = 'ours';
    onTestFinished(() => {
      delete process.env.GM_TEST_SECRET;
    });
    const { reader, log } = bench({ toolset: 'own' }, { env: { TALOSCONFIG: '/an/older/one' } });
    await reader.version(target, never);
    expect(log()[0]?.env).toEqual({
      TALOSCONFIG: '/tmp/talosconfig',
      GM_RECEIPTS_DIR: expect.stringMatching(/receipts$/),
    });
  });

  it('clusters of one entry and one talosconfig share a process, another talosconfig gets its own', async () => {
    const { contractors, reader, starts, begun } = bench({ toolset: 'own' });
    const staging = contractors.forCluster(clusterConfig({ name: 'staging', talos: { ...talos, context: 'staging' } }));
    await reader.version(target, never);
    await staging.reader.version(target, never);
    expect(starts()).toBe(1);
    expect(begun('talos_version').map(line => line.args?.context)).toEqual(['prod', 'staging']);
    expect([reader.usage.calls, staging.reader.usage.calls]).toEqual([1, 1]);
    const other = contractors.forCluster(clusterConfig({ talos: { ...talos, talosconfig: '/tmp/other' } }));
    await other.reader.version(target, never);
    expect(starts()).toBe(2);
  });

  it('an entry that mcp.json lacks is refused, naming the file and the entries there are', () => {
    const contractors = open({ 'talos-a2a': { command: 'x', args: [], env: {} } });
    const error = refusal(() => contractors.forCluster(clusterConfig()));
    expect(error).toMatchObject({ code: 'INPUT_INVALID', exitCode: 2 });
    expect(error.message).toContain('mcp.json has no entry "talos"');
    expect(error.remedy).toContain('talos-a2a');
    expect(refusal(() => open({}).forCluster(clusterConfig())).remedy).toContain('"args": ["contractor", "talos"]');
    const proto = clusterConfig({ talos: { ...talos, contractor: 'constructor' } });
    expect(refusal(() => contractors.forCluster(proto)).code).toBe('INPUT_INVALID');
  });

  it.each<[string, McpServerEntry]>([
    ['a command that does not exist', { command: '/nowhere/at-all', args: [], env: {} }],
    ['a command that is no MCP server', { command: process.execPath, args: ['-e', 'console.log("hello")'], env: {} }],
    [
      'R25, R37: a working directory that does not exist',
      { command: process.execPath, args: [], env: {}, cwd: '/nowhere' },
    ],
  ])('%s is unavailable, with the entry to look at', async (_what, entry) => {
    const { reader } = open({ talos: entry }).forCluster(clusterConfig());
    const error = await divisionError(reader.capabilities(never));
    expect(error).toMatchObject({ code: 'CONTRACTOR_UNAVAILABLE', retry: 'later' });
    expect(error.remedy).toContain("mcp.json's entry talos");
  });

  it.each(['sdk-1-0', 'sdk-1-11', 'sdk-1-17', 'sdk-1-22', '@modelcontextprotocol/sdk'])(
    'R41: a contractor built on %s is understood',
    async sdk => {
      const { reader } = bench({ toolset: 'ry-ops' }, { sdk });
      await expect(reader.version(target, never)).resolves.toEqual({ server: 'v1.12.11', client: 'v1.13.9' });
    },
  );
});
