import { expect, it } from 'vitest';
import { isSameIntent } from '../../src/decisions/operation-state.ts';
import type { Effect } from '../../src/model/effect.ts';

const cordon: Effect = {
  kind: 'cordon',
  cluster: 'staging',
  node: 'w1',
  resource_version: '7',
  prior_unschedulable: false,
};
const snapshot: Effect = {
  kind: 'snapshot',
  cluster: 'staging',
  node: 'cp1',
  address: '10.0.0.2',
  endpoints: ['10.0.0.3'],
  path: '/snapshots/1',
};

// Killed after each record, an operation whose intents never match their last would write them for ever.
it.each([
  { what: 'a cordon whose node changed meanwhile', one: cordon, other: { ...cordon, resource_version: '8' } },
  { what: 'a snapshot into a later file', one: snapshot, other: { ...snapshot, path: '/snapshots/2' } },
])('$what is the same intent', ({ one, other }) => {
  expect(isSameIntent(one, other)).toBe(true);
});

it.each([
  { what: 'no intent', one: undefined, other: cordon },
  { what: 'a cordon of another node', one: cordon, other: { ...cordon, node: 'w2' } },
  { what: 'a snapshot from another member', one: snapshot, other: { ...snapshot, node: 'cp2' } },
])('$what is another intent', ({ one, other }) => {
  expect(isSameIntent(one, other)).toBe(false);
});
