import { DivisionError } from '../errors.ts';
import { VERSION } from '../version.ts';

export interface ContractorOptions {
  /** Else the process's own. */
  env?: NodeJS.ProcessEnv;
}

const OFFERED = 'use `containers-gm contractor talos`, one for each cluster';

/**
 * `containers-gm contractor talos`: serves the first-party Talos contractor on stdio and resolves to the exit code when it
 * has ended. Throws DivisionError with exit code 2 for any other name; talos-a2a is not offered yet.
 */
export async function runContractor(name: string, options: ContractorOptions = {}): Promise<number> {
  if (name === 'talos-a2a')
    throw new DivisionError('CAPABILITY_MISSING', 'the contractor talos-a2a is not yet offered', OFFERED, {
      exitCode: 2,
    });
  if (name !== 'talos')
    throw new DivisionError('INPUT_INVALID', `there is no contractor ${JSON.stringify(name)}`, OFFERED, {
      exitCode: 2,
    });
  // What it writes are snapshots and receipts: for its own user alone.
  process.umask(0o077);
  const { serveTalosContractor } = await import('../talos-contractor/server.ts');
  return await serveTalosContractor({ version: VERSION, env: options.env ?? process.env });
}
