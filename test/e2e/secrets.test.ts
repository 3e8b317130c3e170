/** Plants secrets in every input there is, and looks for them in everything that comes out (CONTRACT: no secret is ever written). */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from './command-line.ts';
import { CLUSTER, homeForTest } from './division-home.ts';
import { Host } from './host.ts';
import { sweepProcesses } from './processes.ts';
import { leak, leaksIn, leaksUnder, secrets } from './secrets.ts';

const contractor = fileURLToPath(new URL('leaky-contractor.ts', import.meta.url));
const NAME = 'production';

let folder: string;
let home: string;
let api: Server;
let options: string[];

/** A kubeconfig with every credential, an API that answers with secrets, a contractor that does nothing else. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  home = join(folder, 'home');
  await mkdir(join(home, 'coordination', 'divisions', 'containers', 'handoffs', 'incoming'), { recursive: true });
  let requests = 0;
  api = createServer((_request, response) => {
    requests += 1;
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: leak, message: leak, code: 403 };
    const isPlain = requests % 2 === 0;
    response.writeHead(isPlain ? 500 : 403, { 'content-type': isPlain ? 'text/plain' : 'application/json' });
    response.end(isPlain ? leak : JSON.stringify(status));
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const file = async (name: string, value: unknown): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(value));
    return path;
  };
  const kubeconfig = await file('kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server } }],
    users: [
      {
        name: 'u',
        user: { token: secrets.bearer, password: secrets.password, 'client-key-data': secrets.clientKeyData },
      },
    ],
  });
  const talosconfig = await file('talosconfig', {
    context: 'prod',
    contexts: {
      prod: { endpoints: ['127.0.0.1'], ca: secrets.talosKey, crt: secrets.talosKey, key: secrets.talosKey },
    },
  });
  const mcp = await file('mcp.json', {
    mcpServers: {
      leaky: {
        command: process.execPath,
        args: ['--import', 'tsx', contractor],
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        env: { LEAKY_TOKEN: secrets.slack, AWS_SECRET_ACCESS_KEY: secrets.awsSecret },
      },
    },
  });
  const division = await file('division.yaml', {
    clusters: {
      [NAME]: {
        kubernetes: { kubeconfig, context: 'c', servers: [server] },
        talos: { contractor: 'leaky', talosconfig, context: 'prod', endpoints: ['127.0.0.1'] },
      },
    },
  });
  options = ['--config', mcp, '--division', division];
});
afterAll(async () => {
  api.close();
  await sweepProcesses(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** Secrets that their looks give away; a password or an opaque token is one by what stands before it. */
const recognisable = Object.entries(secrets).flatMap(([name, secret]) =>
  name === 'password' || name === 'bearer' ? [] : [secret],
);

/** Calls every tool with a secret in each of its texts: one by one, all in each, and as the names of arguments. */
async function callAll(host: Host): Promise<string[]> {
  const answers: string[] = [];
  for (const { name, texts } of await host.tools()) {
    answers.push(await host.raw(name, {}));
    answers.push(await host.raw(name, Object.fromEntries(texts.map(text => [text, leak]))));
    for (const text of texts) {
      for (const secret of recognisable) answers.push(await host.raw(name, { [text]: secret }));
    }
    answers.push(await host.raw(name, { [secrets.github]: secrets.password, [leak]: 1 }));
  }
  return answers;
}

const anywhere = (texts: readonly string[]): string[] => [...new Set(texts.flatMap(leaksIn))];

describe('planted secrets', () => {
  it('the plants are found where they are: a test that looks in the wrong place fails', async () => {
    expect(leaksIn(leak)).toEqual(Object.keys(secrets));
    expect(await leaksUnder(folder, [])).not.toEqual([]);
    expect(anywhere([JSON.stringify({ message: leak })])).toEqual(Object.keys(secrets));
  });

  it('in kubeconfig, talosconfig, mcp.json, servers’ and contractors’ answers, arguments, addresses: come out nowhere', async () => {
    const host = await Host.open({
      home,
      options: [...options, '--log-level', 'debug'],
      environment: { GM_PRINCIPAL: 'cortex-prime' },
      hears: true,
    });
    onTestFinished(() => host.close());
    const said = host.stderr();
    const results = await callAll(host);
    results.push(
      await host.raw('cluster_health', { cluster: NAME }),
      await host.raw('rolling_upgrade', { clusters: [NAME], to_version: 'v1.13.9' }),
      await host.raw('rolling_upgrade', { clusters: [secrets.github, NAME], to_version: secrets.jwt }),
      await host.raw('record_usage', { tokens: 5, category: 'emergency_reserve', reason: leak.slice(0, 450) }),
    );
    const readings = await host.readings(
      `gm://operations/${secrets.github}`,
      `gm://plans/${secrets.awsKeyId}`,
      `gm://clusters/${NAME}`,
      `gm://clusters/${secrets.slack}`,
    );
    const prompt = await host.prompt('talos_upgrade', { clusters: leak, to_version: secrets.github });
    expect(results.length).toBeGreaterThan(50);
    expect(results.join(''), 'the API was asked').toMatch(/KUBERNETES_|403|unknown/);
    expect({ results: anywhere(results), readings: anywhere(readings), prompt: leaksIn(prompt) }).toEqual({
      results: [],
      readings: [],
      prompt: [],
    });
    await host.close();
    expect(said(), 'it logs at all').toContain('contractor');
    expect(leaksIn(said())).toEqual([]);
    expect(await leaksUnder(home, [])).toEqual([]);
  }, 120_000);

  it('doctor says none of what servers and contractors answered', async () => {
    const { stdout, stderr, exitCode } = await runProgram(['--home', home, ...options, 'doctor']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('FAIL');
    expect(leaksIn(`${stdout}${stderr}`)).toEqual([]);
  }, 60_000);

  it('in handoffs of others: shown to nobody, kept only in the files that their senders wrote', async () => {
    const handoffs = join(home, 'coordination', 'divisions', 'containers', 'handoffs');
    const whole = JSON.stringify({
      handoff_id: 'coo-to-containers-planted-001',
      from: 'coo',
      to_division: 'containers',
      handoff_type: 'coordination',
      priority: 'high',
      context: { summary: leak, details: { password: secrets.password, notes: [leak] } },
      created_at: new Date().toISOString(),
      status: 'pending_pickup',
    });
    const torn = whole.slice(0, -30);
    await writeFile(join(handoffs, 'incoming', 'coo-to-containers-planted-001.json'), whole);
    await writeFile(join(handoffs, 'incoming', 'coo-to-containers-torn-002.json'), torn);
    const host = await Host.open({ home, options, environment: { GM_PRINCIPAL: 'coo' }, hears: true });
    onTestFinished(() => host.close());
    const said = host.stderr();
    const id = 'coo-to-containers-planted-001';
    const results = [
      await host.raw('handle_handoff', {}),
      await host.raw('handle_handoff', { handoff_id: id }),
      await host.raw('handle_handoff', {
        handoff_id: id,
        action: 'accept',
        note: leak.slice(0, 400),
        context: { note: leak },
      }),
      await host.raw('send_handoff', {
        to: 'coo',
        handoff_type: 'coordination',
        priority: 'low',
        context: { summary: leak, token: secrets.bearer, nested: { deep: [leak] } },
      }),
    ];
    const readings = await host.readings(`gm://handoffs/${id}`);
    expect(results.join('')).toContain(id);
    expect(anywhere([...results, ...readings])).toEqual([]);
    await host.close();
    expect(leaksIn(said())).toEqual([]);
    expect(await leaksUnder(home, [whole, torn])).toEqual([]);
  }, 60_000);

  it('in what an operation is told: neither its journal, its record, its events nor the audit trail has them', async () => {
    const division = await homeForTest({ workers: 1, apps: 2 });
    const host = await division.host();
    const id = await host.upgrade({ clusters: [CLUSTER] });
    for (const action of ['pause', 'resume', 'cancel']) {
      await host.raw('control_operation', { operation_id: id, action, reason: `${action}: ${leak.slice(0, 450)}` });
    }
    await division.written(id, entry => entry.kind === 'control' && entry.action === 'cancel');
    const seen = [await host.raw('get_operation', { operation_id: id, events_after: 0 }), ...(await host.readings())];
    expect(anywhere(seen)).toEqual([]);
    await host.close();
    expect(await readFile(join(division.division, 'logs', 'operations.log'), 'utf8')).toContain('[redacted]');
    expect(await leaksUnder(division.division, [])).toEqual([]);
  }, 120_000);
});
