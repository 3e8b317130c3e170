import { it } from 'vitest';
import { expectScenario } from './expect-scenario.ts';
import { scenarios } from './table.ts';

/** What only the product's own Kubernetes client meets. */
it.each(scenarios.filter(({ isServed }) => isServed))('$fault $as', expectScenario, 60_000);
