import { expect, it } from 'vitest';
import { contractorFor } from '../../src/decisions/contractor-routing.ts';

it.each<[string[], string]>([
  [[], 'talos'],
  [['staging'], 'talos'],
  [['staging', 'staging'], 'talos'],
  [['staging', 'production'], 'talos-a2a'],
  [['a', 'b', 'c'], 'talos-a2a'],
])('R42: work on %j goes to %s', (clusters, contractor) => {
  expect(contractorFor(clusters)).toBe(contractor);
});
