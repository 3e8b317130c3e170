import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/observability/log.ts';
import { temporaryFolder } from '../division/fixtures/records.ts';

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}

describe('a log to a file', () => {
  test('has one JSON object a line: level, time, the event’s id and its fields', async () => {
    const file = join(await temporaryFolder(), 'logs', 'executor.log');
    const log = createLog({ level: 'debug', file, fields: { process: 'executor' } });
    log.debug('executor.looked');
    log.error('executor.failed', { node: 'w1', error: new Error('no route') });
    expect(await linesOf(file)).toEqual([
      { level: 'debug', time: expect.stringMatching(/^\d{4}-.*Z$/), process: 'executor', event: 'executor.looked' },
      expect.objectContaining({
        level: 'error',
        event: 'executor.failed',
        node: 'w1',
        error: expect.objectContaining({ message: 'no route' }),
      }),
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('R60: holds no secret', async () => {
    const file = join(await temporaryFolder(), 'executor.log');
    const log = createLog({ level: 'info', file });
    log.warn('contractor.said', { stderr: 'password=hunter2hunter2', token: 'hunter2', args: ['--token', 'hunter2'] });
    log.warn('contractor.failed', { error: new Error('Bearer hunter2hunter2') });
    expect(await readFile(file, 'utf8')).not.toContain('hunter2');
  });

  test('leaves out what is below its level', async () => {
    const file = join(await temporaryFolder(), 'executor.log');
    const log = createLog({ level: 'warn', file });
    log.info('quiet');
    log.warn('loud');
    expect((await linesOf(file)).map(line => line.event)).toEqual(['loud']);
  });
});

test('without a file it goes to stderr at once, and nothing to stdout', () => {
  const script = fileURLToPath(new URL('fixtures/log-and-die.ts', import.meta.url));
  const ended = spawnSync(process.execPath, ['--import', 'tsx', script], { timeout: 20_000 });
  expect(ended.signal).toBe('SIGKILL');
  expect(ended.stdout.toString()).toBe('');
  expect(JSON.parse(ended.stderr.toString())).toMatchObject({ level: 'info', event: 'process.dies', number: 1 });
});
