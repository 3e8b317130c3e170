import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Owner } from '../../src/simulation/owner.ts';

const QUICK = { checkMs: 20, patienceMs: 200 };

async function shortLived() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, kill: () => child.kill('SIGKILL') };
}

describe('the owner of a simulation', () => {
  it('gone, and nobody asking: the simulation is abandoned', async () => {
    const process = await shortLived();
    const abandoned = vi.fn();
    const owner = new Owner({ pid: process.pid, requests: () => 0, abandoned, ...QUICK });
    process.kill();
    await vi.waitFor(() => expect(abandoned).toHaveBeenCalledOnce(), { timeout: 10_000 });
    owner.stop();
  });

  it('gone, but somebody asks: it goes on until they stop', async () => {
    const process = await shortLived();
    process.kill();
    const abandoned = vi.fn();
    let requests = 0;
    const asking = setInterval(() => {
      requests += 1;
    }, 10);
    const startedMs = Date.now();
    const owner = new Owner({ pid: process.pid, requests: () => requests, abandoned, ...QUICK });
    await vi.waitFor(() => expect(Date.now() - startedMs).toBeGreaterThan(600), { timeout: 10_000 });
    expect(abandoned).not.toHaveBeenCalled();
    clearInterval(asking);
    await vi.waitFor(() => expect(abandoned).toHaveBeenCalledOnce(), { timeout: 10_000 });
    owner.stop();
  });

  it('replaced by another process: that one counts', async () => {
    const [first, second] = [await shortLived(), await shortLived()];
    const abandoned = vi.fn();
    const owner = new Owner({ pid: first.pid, requests: () => 0, abandoned, ...QUICK });
    owner.adopt(second.pid);
    first.kill();
    const startedMs = Date.now();
    await vi.waitFor(() => expect(Date.now() - startedMs).toBeGreaterThan(500), { timeout: 10_000 });
    expect(abandoned).not.toHaveBeenCalled();
    second.kill();
    await vi.waitFor(() => expect(abandoned).toHaveBeenCalledOnce(), { timeout: 10_000 });
    owner.stop();
  });
});
