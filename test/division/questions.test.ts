import { describe, expect, it } from 'vitest';
import { openQuestions } from '../../src/division/questions.ts';
import { temporaryFolder } from './fixtures/records.ts';

const HOUR_MS = 3_600_000;

async function questionsAt(start: number) {
  const directory = await temporaryFolder();
  const clock = { at: start, now: () => clock.at };
  return { clock, open: () => openQuestions(directory, { clock }) };
}

describe('a question to the person at the host', () => {
  it('is open once, also for a server that was started again', async () => {
    const { open } = await questionsAt(0);
    const token = await open().ask('subject');
    const [one, other] = await Promise.all([open().take(token), open().take(token)]);
    expect([one, other].filter(subject => subject === 'subject')).toHaveLength(1);
    expect(await open().take(token)).toBeUndefined();
  });

  it('is not open after an hour', async () => {
    const { open, clock } = await questionsAt(0);
    const [early, late] = [await open().ask('early'), await open().ask('late')];
    clock.at = HOUR_MS - 1;
    expect(await open().take(early)).toBe('early');
    clock.at = HOUR_MS;
    expect(await open().take(late)).toBeUndefined();
  });

  it.each(['', '../x', 'a'.repeat(32), 'A'.repeat(32), `${'0'.repeat(31)}/`])('is not what %j names', async token => {
    const { open } = await questionsAt(0);
    await open().ask('subject');
    expect(await open().take(token)).toBeUndefined();
  });
});
