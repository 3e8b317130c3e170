import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const namesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/** What the newest day of the ledger looks like from outside: another look after any line. Undefined without one. */
export function lookAtLedger(divisionDirectory: string): string | undefined {
  const folder = join(divisionDirectory, 'budget');
  const day = namesOf(folder).at(-1);
  if (day === undefined) return undefined;
  const sizes = namesOf(join(folder, day)).map(name => {
    const stat = lstatSync(join(folder, day, name), { throwIfNoEntry: false });
    return `${name}:${stat?.size ?? 0}`;
  });
  return [day, ...sizes].join(' ');
}
