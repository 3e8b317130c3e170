import { type Mutant, mutantsOf } from '../mutant.ts';

/** SAFETY 5: the API dies with its node. */
export const ownReboot: readonly Mutant[] = mutantsOf('SAFETY 5', [
  {
    id: 'own-reboot-is-failure',
    breaks: 'the API away during our own reboot is a failure after the usual time',
    file: 'src/decisions/upgrade-turn.ts',
    text: 'ownReboot ? limits.bootMs : limits.apiMs',
    replacement: 'limits.apiMs',
    tests: ['test/decisions/upgrade-turn/api-away.test.ts'],
  },
  {
    id: 'dispatch-while-away',
    breaks: 'something new is dispatched while the API is away',
    file: 'src/decisions/upgrade-turn.ts',
    text: 'if (turn.facts.unavailable) return',
    replacement: 'if (turn.facts.unavailable && turn.facts.now < 0) return',
    tests: ['test/decisions/upgrade-turn/api-away.test.ts'],
  },
  {
    id: 'one-server-only',
    breaks: 'the other API servers are not tried',
    file: 'src/kubernetes/server-pool.ts',
    text: 'return [...this.urls.slice(at, at + 1), ...this.urls.slice(0, at), ...this.urls.slice(at + 1)];',
    replacement: 'return this.urls.slice(at, at + 1);',
    tests: ['test/kubernetes/retries.test.ts'],
    title: 'a 5xx goes to the next server',
  },
]);
