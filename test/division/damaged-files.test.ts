import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDivisionWriter } from '../../src/division/directory.ts';
import {
  AT,
  clock,
  collectingLog,
  hashOf,
  operationOf,
  planOf,
  startRequest,
  temporaryFolder,
} from './fixtures/records.ts';

const log = collectingLog();

/** A division with a good operation, plan and request, and with another of each whose file can be cut. */
async function division() {
  const directory = await temporaryFolder();
  const executor = await openDivisionWriter(directory, { clock, log });
  for (const id of ['op-cut', 'op-good']) {
    await executor.append(id, { kind: 'started' }, AT);
    await executor.writeOperation(operationOf(id));
  }
  for (const start of ['ab', 'cd']) await executor.savePlan(planOf(hashOf(start)));
  return { directory, executor };
}

/** The text without its last newline: what is shorter than this is no whole record. */
async function wholeText(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  return bytes.subarray(0, bytes.lastIndexOf('}') + 1);
}

describe('SAFETY 11: a file cut at any byte is named, and all else keeps working', () => {
  test('the record of an operation', async () => {
    const { directory, executor } = await division();
    const path = join(directory, 'operations', 'op-cut', 'record.json');
    const whole = await wholeText(path);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      await expect(executor.operation('op-cut')).rejects.toMatchObject({
        code: 'RECORD_CORRUPT',
        message: expect.stringContaining(path),
        remedy: expect.stringContaining('the other records keep working'),
      });
    }
    const { operations, corrupt } = await executor.operations();
    expect(operations.map(operation => operation.operation_id)).toEqual(['op-good']);
    expect(corrupt).toEqual(['operations/op-cut/record.json: is not JSON']);
    expect(await executor.events('op-cut', 0)).toHaveLength(1);
    expect((await executor.append('op-good', { kind: 'started' }, AT)).sequence).toBe(2);
    await executor.writeOperation(operationOf('op-cut'));
    expect((await executor.operations()).corrupt).toEqual([]);
    await executor.release();
  });

  test('a plan', async () => {
    const { directory, executor } = await division();
    const path = join(directory, 'plans', `${hashOf('ab')}.json`);
    const whole = await wholeText(path);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      await expect(executor.plan(hashOf('ab'))).rejects.toMatchObject({
        code: 'RECORD_CORRUPT',
        message: expect.stringContaining(path),
      });
    }
    expect((await executor.plans()).map(plan => plan.plan_hash)).toEqual([hashOf('cd')]);
    await executor.savePlan(planOf(hashOf('ab')));
    expect(await executor.plan(hashOf('ab'))).toEqual(planOf(hashOf('ab')));
    await executor.release();
  });

  test('a request, which is put aside with the reason', async () => {
    const { directory, executor } = await division();
    await executor.leaveRequest(startRequest('r-good'));
    await executor.leaveRequest(startRequest('r-cut'));
    const requests = join(directory, 'operations', 'requests');
    const path = join(requests, 'r-cut.json');
    const whole = await wholeText(path);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      expect((await executor.requests()).map(request => request.request_id)).toEqual(['r-good']);
      expect(await readdir(requests)).not.toContain('r-cut.json');
      expect(await readFile(join(requests, 'quarantine', 'r-cut.json'))).toEqual(whole.subarray(0, length));
      expect(await readFile(join(requests, 'quarantine', 'r-cut.reason.txt'), 'utf8')).toContain('is not JSON');
    }
    await executor.release();
  });

  test('a context file, which is moved aside and begun anew', async () => {
    const { directory, executor } = await division();
    const path = join(directory, 'context', 'division-state.json');
    await executor.writeContext('division-state', { theirs: { deep: 1 } });
    const whole = await wholeText(path);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(path, whole.subarray(0, length));
      await executor.writeContext('division-state', { ours: length });
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ ours: length });
      const aside = (await readdir(join(directory, 'context'))).filter(name => name.includes('.corrupt-'));
      expect(aside).toHaveLength(2);
      for (const name of aside) await rm(join(directory, 'context', name));
    }
    await executor.release();
  });

  test('a journal that is no file, beside one that is', async () => {
    const { directory, executor } = await division();
    await mkdir(join(directory, 'operations', 'op-odd', 'journal.jsonl'), { recursive: true });
    await expect(executor.events('op-odd', 0)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/op-odd\/journal\.jsonl.*EISDIR/),
    });
    expect((await executor.append('op-good', { kind: 'started' }, AT)).sequence).toBe(2);
    await executor.release();
  });
});
