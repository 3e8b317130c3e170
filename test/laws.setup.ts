/**
 * The seed of every law (fast-check), so that the outcome of `npm test` is the commit's and not the day's. `LAWS_SEED=random` hunts: another
 * seed for each law, which a failure names; `LAWS_SEED=<integer>` runs them all with that one.
 */
import fc from 'fast-check';

const { LAWS_SEED = '20251209' } = process.env;
const seed = Number(LAWS_SEED);
if (LAWS_SEED !== 'random') {
  if (!Number.isInteger(seed)) throw new Error(`LAWS_SEED is an integer or “random”, not “${LAWS_SEED}”`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
