import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApprovals } from '../../src/division/approvals.ts';
import { signDecision } from '../../src/division/signature.ts';
import type { Approval } from '../../src/model/approval.ts';
import type { Approver } from '../../src/model/config.ts';
import type { Log } from '../../src/ports.ts';
import { temporaryFolder } from './fixtures/records.ts';

const HASH = 'a'.repeat(64);
const draft: Omit<Approval, 'approval_id'> = {
  record_version: 1,
  plan_hash: HASH,
  decision: 'approve',
  role: 'coo',
  approver: 'Ada',
  way: 'handoff',
  conditions: [],
  at: '2026-11-22T12:00:00.000Z',
  expires_at: '2026-11-23T12:00:00.000Z',
};
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
const ada: Approver = {
  name: 'Ada',
  role: 'coo',
  public_key: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
};

async function approvalsIn(approvers: Approver[] = []) {
  const directory = await temporaryFolder();
  const warned: string[] = [];
  const log: Log = { debug() {}, info() {}, error() {}, warn: event => warned.push(event) };
  return { directory, warned, approvals: openApprovals(directory, { approvers, log }) };
}

describe('approvals on disk', () => {
  it('are there for who reads them next, under the plan they name', async () => {
    const { approvals } = await approvalsIn();
    expect(await approvals.of(HASH)).toEqual({ approvals: [], areKeysConfigured: false });
    const saved = await approvals.save(draft);
    expect(saved).toMatchObject(draft);
    expect((await approvals.of(HASH)).approvals).toEqual([{ approval: saved, signature: 'absent' }]);
    expect((await approvals.of(`${HASH.slice(0, 16)}${'b'.repeat(48)}`)).approvals).toEqual([]);
  });

  it('the same decision is one record, however often it is read', async () => {
    const { approvals, directory } = await approvalsIn();
    const [first, again] = [await approvals.save(draft), await approvals.save({ ...draft })];
    expect(again).toEqual(first);
    await approvals.save({ ...draft, decision: 'reject' });
    expect(await readdir(join(directory, 'approvals'))).toHaveLength(2);
  });

  it('a signature is worth what the configured keys say now', async () => {
    const { approvals, directory } = await approvalsIn([ada]);
    const { jws } = await signDecision(pem, [ada], draft);
    const { approval_id: id } = await approvals.save({ ...draft, signature: jws });
    expect(await approvals.of(HASH)).toMatchObject({ approvals: [{ signature: 'valid' }], areKeysConfigured: true });
    const file = join(directory, 'approvals', `${id}.json`);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"role": "coo"', '"role": "cortex-prime"'));
    expect(await approvals.of(HASH)).toMatchObject({ approvals: [{ signature: 'invalid' }] });
    await writeFile(file, text.replace('2026-11-23', '2027-11-23'));
    expect(await approvals.of(HASH)).toMatchObject({ approvals: [{ signature: 'invalid' }] });
  });

  it('one that is damaged is none, and is named in the log', async () => {
    const { approvals, directory, warned } = await approvalsIn();
    const { approval_id: id } = await approvals.save(draft);
    await writeFile(join(directory, 'approvals', `${id}.json`), '{"plan_hash":');
    expect((await approvals.of(HASH)).approvals).toEqual([]);
    expect(warned).toEqual(['division.approval_unreadable']);
  });
});
