import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openReports } from '../../src/division/reports.ts';
import { temporaryFolder } from './fixtures/records.ts';

it('R143: a report lies under its type, whole and without secrets; written again it is replaced', async () => {
  const directory = await temporaryFolder();
  const reports = openReports(directory);
  const key = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
  await reports.write('monthly_review', '2026-11-op-1', { notes: 'first' });
  const path = await reports.write('monthly_review', '2026-11-op-1', { notes: `second ${key}` });
  expect(path).toBe('reports/monthly_review/2026-11-op-1.json');
  const text = await readFile(join(directory, path), 'utf8');
  expect(JSON.parse(text).notes).toContain('second');
  expect(text).not.toContain('PRIVATE KEY');
});

it('a name that would leave the folder is refused', async () => {
  const reports = openReports(await temporaryFolder());
  await expect(reports.write('..', 'x', {})).rejects.toMatchObject({ code: 'INTERNAL' });
  await expect(reports.write('x', '../y', {})).rejects.toMatchObject({ code: 'INTERNAL' });
});
