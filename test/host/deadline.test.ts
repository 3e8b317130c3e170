import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../src/host/deadline.ts';

describe('a signal with a deadline', () => {
  it('aborts with its signal, for its reason, or when its time is over', async () => {
    const caller = new AbortController();
    const early = withDeadline(caller.signal, 60_000);
    caller.abort(new Error('enough'));
    expect(early.reason).toEqual(new Error('enough'));
    expect(withDeadline(caller.signal, 60_000).aborted).toBe(true);
    const late = withDeadline(new AbortController().signal, 5);
    await new Promise(resolve => late.addEventListener('abort', resolve, { once: true }));
    expect(late.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('comes after a garbage collection too, listened to or not', () => {
    const program = `
      import { withDeadline } from ${JSON.stringify(new URL('../../src/host/deadline.ts', import.meta.url).href)};
      const caller = new AbortController();
      const signal = withDeadline(caller.signal, 200);
      setTimeout(() => { for (let i = 0; i < 3; i += 1) globalThis.gc(); }, 50);
      setTimeout(() => console.log(signal.aborted), 400);
    `;
    const options = ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, options, { encoding: 'utf8' }).trim()).toBe('true');
  }, 20_000);
});
