import { expect, it } from 'vitest';
import { understand } from '../../../src/decisions/understanding.ts';
import { world } from './world.ts';

/** The seed’s own words for what others do (lines 158 to 175). */
it.each([
  ['R90', 'Cross-organizational container strategy', 'prime'],
  ['R92', 'Container automation features', 'development'],
  ['R95', 'Container security scanning', 'security'],
  ['R96', 'vulnerability management', 'security'],
  ['R98', 'Cluster and workload documentation', 'inventory'],
  ['R100', 'Application deployment automation', 'cicd'],
])('%s: %s is no work of ours, and its owner is named', (_id, words, owner) => {
  expect(understand(words, world)).toMatchObject({ outcome: 'out_of_scope', owner });
});
