/** Every mutant, rule by rule. A rule of SAFETY.md without one is an error (test/mutants/mutants.test.ts). */
import type { Mutant } from './mutant.ts';
import { authority } from './rules/authority.ts';
import { executor } from './rules/executor.ts';
import { journal } from './rules/journal.ts';
import { mode } from './rules/mode.ts';
import { neverTwice } from './rules/never-twice.ts';
import { noTrap } from './rules/no-trap.ts';
import { oneMachine } from './rules/one-machine.ts';
import { oneManager } from './rules/one-manager.ts';
import { order } from './rules/order.ts';
import { ownReboot } from './rules/own-reboot.ts';
import { planHash } from './rules/plan-hash.ts';
import { procedures } from './rules/procedures.ts';
import { proof } from './rules/proof.ts';
import { untrusted } from './rules/untrusted.ts';

export const mutants: readonly Mutant[] = [
  ...oneMachine,
  ...mode,
  ...neverTwice,
  ...proof,
  ...ownReboot,
  ...oneManager,
  ...executor,
  ...noTrap,
  ...planHash,
  ...order,
  ...journal,
  ...authority,
  ...untrusted,
  ...procedures,
];
