import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { drillRestore } from '../../../src/operations/steps/drill-restore.ts';
import { record } from '../../../src/operations/steps/record.ts';
import { verifySnapshot } from '../../../src/operations/steps/verify-snapshot.ts';
import { AT } from '../../division/fixtures/records.ts';
import { endedOperation, plannedStep, type Stage, scene, stage } from './regular-scene.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});

const whole = (): Buffer => {
  const pages = randomBytes(8 * 512);
  return Buffer.concat([pages, createHash('sha256').update(pages).digest()]);
};

/** A snapshot that an operation took and recorded. */
async function taken(name: string, bytes: Buffer, at = AT, recorded = bytes): Promise<void> {
  const path = join(on.snapshots, name);
  await writeFile(path, bytes);
  const sha256 = createHash('sha256').update(recorded).digest('hex');
  const snapshots = [{ cluster: 'staging', path, bytes: bytes.length, sha256, at }];
  await on.ports.division.writeOperation(endedOperation(`op-${name}`, 'talos_upgrade', { snapshots }));
}

const verify = () => verifySnapshot(scene({ stage: on, action: { does: 'verify_snapshot' } }));
const drill = () => drillRestore(scene({ stage: on, action: { does: 'drill_restore' } }));

describe('the newest snapshot', () => {
  it('R138: is proved to its seal, and is the one that was recorded', async () => {
    await taken('old', randomBytes(100), '2026-11-01T00:00:00.000Z');
    await taken('new', whole(), '2026-11-22T07:00:00.000Z');
    expect(await verify()).toMatchObject({ kind: 'done', result: { snapshot: 'new', age_hours: 3 } });
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, 700)],
    ['another file than was recorded', () => whole()],
    ['empty', () => Buffer.alloc(0)],
  ])('R138: that is %s fails', async (_what, change) => {
    const bytes = whole();
    await taken('new', change(bytes), AT, bytes);
    expect(await verify()).toMatchObject({ kind: 'failed', code: 'RECORD_CORRUPT' });
    expect(await drill()).toMatchObject({ kind: 'failed', result: { outcome: 'not restorable' } });
  });

  it('R138: that is another cluster’s does not count', async () => {
    await writeFile(join(on.snapshots, 'staging-eu-op-1.snapshot'), whole());
    await writeFile(join(on.snapshots, 'production.snapshot'), whole());
    expect(await verify()).toMatchObject({ kind: 'failed', code: 'NOT_FOUND' });
    await writeFile(join(on.snapshots, 'staging.db'), whole());
    expect(await verify()).toMatchObject({ kind: 'done', result: { snapshot: 'staging.db' } });
  });
});

describe('the drill', () => {
  it('R139: says that it verified and did not restore; it asks for no effect', async () => {
    await taken('new', whole());
    expect(await drill()).toMatchObject({ kind: 'done', result: { outcome: 'verified, not restored' } });
  });

  it('R141: the recovery time is written down, and is not invented out of a drill', async () => {
    await taken('new', whole());
    const drilled = await drill();
    const before = [
      {
        step: plannedStep('staging/drill', { does: 'drill_restore' }, { cluster: 'staging' }),
        progress: drilled.kind === 'done' && drilled.result ? { result: drilled.result } : {},
      },
    ];
    const write = async () => {
      const look = await record(scene({ stage: on, action: { does: 'record', record: 'recovery_time' }, before }));
      if (look.kind !== 'write') throw new Error('expected to write');
      return look.write(new AbortController().signal);
    };
    expect(await write()).toMatchObject({ rto_minutes: null, rto_target_minutes: 60 });
    const recovered = endedOperation('op-recovered', 'recover_etcd');
    await on.ports.division.writeOperation({ ...recovered, metrics: { ...recovered.metrics, minutes: 17 } });
    expect(await write()).toMatchObject({ rto_minutes: 17, is_new: false });
    const { entries } = await on.ports.knowledge.file('incident-responses.json');
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ rto_minutes: null, drill: { outcome: 'verified, not restored' } });
  });
});
