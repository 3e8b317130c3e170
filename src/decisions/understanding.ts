/** What a text or a handoff asks for, against what exists: a task, a question, another's work, or refused. */
export { type HandoffText, understandHandoff } from './understanding/handoff.ts';
export type { KnownCluster, KnownWorld, Owner, Understanding } from './understanding/model.ts';
export { understand } from './understanding/understand.ts';
