import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type HeldDivision, openDivision, openDivisionWriter } from '../../src/division/directory.ts';
import type { Request } from '../../src/model/journal.ts';
import type { Division } from '../../src/ports.ts';
import { type CollectingLog, clock, collectingLog, startRequest, temporaryFolder } from './fixtures/records.ts';

let requests: string;
let frontEnd: Division;
let executor: HeldDivision;
let log: CollectingLog;

beforeEach(async () => {
  const directory = await temporaryFolder();
  requests = join(directory, 'operations', 'requests');
  log = collectingLog();
  frontEnd = await openDivision(directory, { clock, log });
  executor = await openDivisionWriter(directory, { clock, log });
  onTestFinished(() => executor.release());
});

const control: Request = {
  record_version: 1,
  kind: 'control',
  request_id: 'r-control',
  operation_id: 'op-1',
  action: 'resolve',
  node: 'w1',
  as: 'not_started',
  reason: 'looked at the console',
  principal: 'coo',
  at: '2026-11-22T10:00:02.000Z',
};

test('a front end leaves requests, the executor reads them oldest first and drops them', async () => {
  await frontEnd.leaveRequest(control);
  await frontEnd.leaveRequest(startRequest('r-z', '2026-11-22T10:00:01.000Z'));
  await frontEnd.leaveRequest(startRequest('r-a', '2026-11-22T10:00:01.000Z'));
  const found = await executor.requests();
  expect(found.map(request => request.request_id)).toEqual(['r-a', 'r-z', 'r-control']);
  expect(found[2]).toEqual(control);
  for (const request of found) await executor.dropRequest(request.request_id);
  await executor.dropRequest('r-a');
  expect(await executor.requests()).toEqual([]);
  expect(await readdir(requests)).toEqual([]);
});

describe('a bad request', () => {
  test.each([
    ['not JSON', '{', 'is not JSON'],
    ['of an unknown kind', JSON.stringify({ ...startRequest('r-bad'), kind: 'explode' }), 'fields are missing'],
    ['named otherwise', JSON.stringify(startRequest('r-other')), 'another request_id'],
  ])('%s is put aside with the reason, and the others are read', async (_title, text, reason) => {
    await frontEnd.leaveRequest(startRequest('r-good'));
    await writeFile(join(requests, 'r-bad.json'), text);
    expect((await executor.requests()).map(request => request.request_id)).toEqual(['r-good']);
    expect(await readFile(join(requests, 'quarantine', 'r-bad.json'), 'utf8')).toBe(text);
    expect(await readFile(join(requests, 'quarantine', 'r-bad.reason.txt'), 'utf8')).toContain(reason);
    expect((await readdir(requests)).sort()).toEqual(['quarantine', 'r-good.json']);
    expect(log.events).toEqual(['division.request_quarantined']);
  });

  test('of a newer version stays for the executor that understands it', async () => {
    await frontEnd.leaveRequest(startRequest('r-new'));
    await writeFile(join(requests, 'r-new.json'), JSON.stringify({ ...startRequest('r-new'), record_version: 2 }));
    expect(await executor.requests()).toEqual([]);
    expect(await readdir(requests)).toEqual(['r-new.json']);
    expect(log.events).toEqual(['division.request_from_newer_version']);
  });

  test.each(['../escape', 'a/b', '', '.'])('with the id %j is refused where it is made', async id => {
    await expect(frontEnd.leaveRequest(startRequest(id))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(executor.dropRequest(id)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});

test('half-written and foreign files among the requests are not read', async () => {
  await frontEnd.leaveRequest(startRequest('r-1'));
  await writeFile(join(requests, '.r-2.json.123-0123456789ab.tmp'), '{');
  await writeFile(join(requests, 'README'), 'hello');
  expect((await executor.requests()).map(request => request.request_id)).toEqual(['r-1']);
});
