/**
 * A process that counts COUNT uses of one token each, in long lines, then says `done`. With `hang` as last argument it goes on
 * until it is killed. Usage: node --import tsx append-lines.ts DIRECTORY COUNT [hang]
 */
import { TokenLedger } from '../../../src/division/token-ledger/token-ledger.ts';
import { allotment, DAY } from '../../decisions/budget/ledger-lines.ts';

const [, , directory = '', count = '0', hang] = process.argv;
const quiet = () => undefined;
const ledger = new TokenLedger(directory, {
  allotment,
  timezone: 'UTC',
  now: () => Date.parse(`${DAY}T10:00:00Z`),
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
});
const what = 'x'.repeat(3000);
if (hang === undefined) {
  for (let counted = 0; counted < Number(count); counted += 1) {
    ledger.count({ category: 'supervision', bytes: 1, what });
    // Half of them go out together, half by themselves.
    if (counted % 2 === 0) await new Promise(resolve => setImmediate(resolve));
  }
  await ledger.close();
  process.stdout.write('done\n');
} else {
  const use = { category: 'supervision', tokens: 1, what } as const;
  await ledger.report(use);
  process.stdout.write('counting\n');
  for (;;) await ledger.report(use);
}
