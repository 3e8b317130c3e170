/** The whole story of an approval, on a cluster that is to the product as real as any. */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SimulationConnection } from '../../src/model/simulation-connection.ts';
import { program, runProgram } from './command-line.ts';
import { onlyNode } from './division-home.ts';
import { Host } from './host.ts';
import { sweepProcesses } from './processes.ts';

const NAME = 'production';
const FLEET = { clusters: [{ name: NAME, control_planes: 1, workers: 3, pods: 26, budgets: 1 }] };
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PUBLIC_KEY = publicKey.export({ format: 'pem', type: 'spki' }).toString();

let folder: string;
let simulation: ChildProcess;
let connection: SimulationConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-gm-test-'));
  const fleet = join(folder, 'fleet.json');
  await writeFile(fleet, JSON.stringify(FLEET));
  await writeFile(join(folder, 'ada.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  const args = ['--home', join(folder, 'fleet'), 'simulate', '--clusters', fleet, '--speed', '60'];
  simulation = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (!simulation.stdout) throw new Error('the simulation has no stdout');
  const [line] = await once(createInterface({ input: simulation.stdout }), 'line');
  connection = SimulationConnection.parse(JSON.parse(String(line)));
});
afterAll(async () => {
  simulation.kill('SIGKILL');
  await sweepProcesses(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

interface DivisionUnderTest {
  home: string;
  handoffs: string;
  options: string[];
  open(principal?: string): Promise<Host>;
}

/** A division of its own over the same cluster. JSON is YAML. */
async function aDivision(more: Record<string, unknown> = {}): Promise<DivisionUnderTest> {
  const home = await mkdtemp(join(folder, 'home-'));
  const cluster = connection.clusters[NAME];
  if (!cluster) throw new Error(`there is no cluster ${NAME}`);
  const { servers, context, talos_context, endpoints } = cluster;
  const yaml = {
    clusters: {
      [NAME]: {
        mode: 'operate',
        kubernetes: { kubeconfig: connection.kubeconfig, context, servers },
        talos: { talosconfig: connection.talosconfig, context: talos_context, endpoints },
      },
    },
    ...more,
  };
  const path = join(home, 'division.yaml');
  await writeFile(path, JSON.stringify(yaml));
  const handoffs = join(home, 'coordination', 'divisions', 'containers', 'handoffs');
  await mkdir(handoffs, { recursive: true });
  const options = ['--division', path];
  const environment = { PATH: [connection.path, process.env.PATH ?? ''].join(delimiter) };
  return {
    home,
    handoffs,
    options,
    open: async (principal = 'operator') => {
      const host = await Host.open({ home, options, environment: { ...environment, GM_PRINCIPAL: principal } });
      onTestFinished(() => host.close());
      return host;
    },
  };
}

/** A Talos minor of one worker: the COO's to decide. */
async function planned(host: Host, worker: string): Promise<string> {
  const request = { clusters: [NAME], to_version: 'v1.13.9', node_selector: onlyNode(`${NAME}-${worker}`) };
  const { structured } = await host.call('rolling_upgrade', request);
  expect(structured).toMatchObject({ simulated: false, authority: { level: 'coo' }, preflight: { blocked: [] } });
  return String(structured.plan_hash);
}

const wholeHash = async ({ home }: DivisionUnderTest, hash: string): Promise<string> => {
  const names = await readdir(join(home, 'coordination', 'divisions', 'containers', 'plans'));
  return String(names.find(name => name.startsWith(hash))?.slice(0, 64));
};

function reply(handoffId: unknown, planHash: string, change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    handoff_id: 'coo-to-containers-reply-001',
    from: 'coo',
    to_division: 'containers',
    handoff_type: 'approval_response',
    priority: 'high',
    in_response_to: handoffId,
    decision: 'approved',
    approver: 'The COO',
    plan_hash: planHash,
    conditions: [],
    created_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    context: { summary: 'go ahead' },
    ...change,
  });
}

describe('with an approver’s key configured', () => {
  it('R74, R87: an unsigned, a tampered and a late reply count for nothing; a signed decision does', async () => {
    const division = await aDivision({ approvers: [{ name: 'Ada', role: 'coo', public_key: PUBLIC_KEY }] });
    const host = await division.open();
    const hash = await planned(host, 'worker-3');
    const whole = await wholeHash(division, hash);
    const { structured: asked } = await host.call('approve_or_escalate', { plan_hash: hash });
    const incoming = join(division.handoffs, 'incoming');
    await mkdir(incoming, { recursive: true });
    await writeFile(join(incoming, 'coo-to-containers-reply-001.json'), reply(asked.handoff_id, whole));
    const refusal = await host.refusal('rolling_upgrade', { plan_hash: hash });
    expect(refusal).toMatchObject({ code: 'APPROVAL_REQUIRED', message: expect.stringContaining('unsigned') });

    const command = ['--home', division.home, ...division.options, 'approve', hash];
    const { exitCode: withoutKey, stderr } = await runProgram(command, {});
    expect(withoutKey, stderr).toBe(1);
    expect(stderr).toContain('--key');
    const signed = await runProgram([...command, '--key', join(folder, 'ada.pem'), '--reason', 'reviewed'], {});
    expect(signed, signed.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('signed by Ada') });
    const file = 'coo-to-containers-approval-'.concat(hash, '-001.json');
    const good = await readFile(join(incoming, file), 'utf8');
    await rm(join(incoming, file));
    await writeFile(join(incoming, file), good.replace('"conditions": []', '"conditions": ["none"]'));
    const tampered = await host.refusal('rolling_upgrade', { plan_hash: hash });
    expect(tampered).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    await writeFile(join(incoming, file), good);
    const { structured } = await host.call('approve_or_escalate', { plan_hash: hash });
    expect(structured).toMatchObject({ verdict: 'approved', decided_by: 'Ada (coo)', unsigned: false });
  });
});

describe('a decision at the tool', () => {
  it('R74: of the COO’s own connection counts; a viewer’s is refused; what waits is listed', async () => {
    const division = await aDivision();
    const operator = await division.open();
    const hash = await planned(operator, 'worker-2');
    const { structured: waiting } = await operator.call('approve_or_escalate', {});
    expect(waiting).toMatchObject({ waiting: [{ plan_hash: hash, level: 'coo', waiting_for: 'the COO' }] });
    const viewer = await division.open('viewer');
    expect(await viewer.refusal('approve_or_escalate', { plan_hash: hash, decision: 'approve' })).toMatchObject({
      code: 'AUTHORITY_REFUSED',
    });
    const coo = await division.open('coo');
    const { structured: rejected } = await coo.call('approve_or_escalate', {
      plan_hash: hash,
      decision: 'reject',
      reason: 'not today',
    });
    expect(rejected).toMatchObject({ verdict: 'rejected' });
    expect(await operator.refusal('rolling_upgrade', { plan_hash: hash })).toMatchObject({
      code: 'AUTHORITY_REFUSED',
      message: expect.stringContaining('not today'),
    });
    const { structured: approved } = await coo.call('approve_or_escalate', { plan_hash: hash, decision: 'approve' });
    expect(approved).toMatchObject({ verdict: 'approved', decided_by: 'coo' });
  });
});

describe('an approval by handoff', () => {
  it('R64, R79, R87: asked for, given by a reply file, used once; the end is reported to who gave it', async () => {
    const division = await aDivision();
    const host = await division.open();
    const hash = await planned(host, 'worker-1');
    expect(await host.refusal('rolling_upgrade', { plan_hash: hash })).toMatchObject({ code: 'APPROVAL_REQUIRED' });

    const { structured: asked } = await host.call('approve_or_escalate', { plan_hash: hash, decision: 'approve' });
    expect(asked).toMatchObject({ verdict: 'escalated', level: 'coo', waiting_for: 'the COO' });
    const id = String(asked.handoff_id);
    const request = JSON.parse(await readFile(join(division.handoffs, `${id}.json`), 'utf8'));
    const whole = await wholeHash(division, hash);
    expect(request).toMatchObject({
      to: 'coo',
      handoff_type: 'approval_request',
      status: 'pending_approval',
      plan_hash: whole,
    });
    expect(await readFile(join(division.handoffs, 'outgoing', `${id}.json`), 'utf8')).toBe(
      `${JSON.stringify(request, null, 2)}\n`,
    );
    const { structured: again } = await host.call('approve_or_escalate', { plan_hash: hash });
    expect(again).toMatchObject({ verdict: 'escalated', handoff_id: id });

    const answer = reply(id, whole);
    await writeFile(join(division.handoffs, 'coo-to-containers-reply-001.json'), answer);
    const { structured: approved } = await host.call('approve_or_escalate', { plan_hash: hash });
    expect(approved).toMatchObject({ verdict: 'approved', decided_by: 'The COO (coo)', unsigned: true });
    const started = await host.call('rolling_upgrade', { plan_hash: hash });
    const operationId = String(started.structured.operation_id);
    await host.end(operationId, 'succeeded');
    const { structured: used } = await host.call('approve_or_escalate', { plan_hash: hash });
    expect(used).toMatchObject({ verdict: 'refused', reason: expect.stringContaining(operationId) });

    await expect
      .poll(async () => (await readdir(division.handoffs)).filter(name => name.includes('-succeeded')), {
        timeout: 10_000,
      })
      .toHaveLength(1);
    const [name = ''] = (await readdir(division.handoffs)).filter(each => each.includes('-succeeded'));
    expect(JSON.parse(await readFile(join(division.handoffs, name), 'utf8'))).toMatchObject({
      to: 'coo',
      in_response_to: 'coo-to-containers-reply-001',
      context: { operation_id: operationId },
    });

    // The same reply again, for another plan: it names the first one, and says so.
    const next = await planned(host, 'worker-2');
    await writeFile(join(division.handoffs, 'incoming', 'coo-to-containers-reply-001.json'), answer);
    expect(await host.refusal('rolling_upgrade', { plan_hash: next })).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const edited = reply(id, await wholeHash(division, next));
    await writeFile(join(division.handoffs, 'incoming', 'coo-to-containers-reply-001.json'), edited);
    expect(await host.refusal('rolling_upgrade', { plan_hash: next })).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const { structured: refused } = await host.call('approve_or_escalate', { plan_hash: next });
    expect(refused).toMatchObject({ verdict: 'escalated' });
  }, 120_000);
});
