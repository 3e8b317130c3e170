import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CheckIssue, statusOf } from '../../../src/decisions/checks/check.ts';

const issue = fc.record<CheckIssue>({
  severity: fc.constantFrom('critical', 'unknown', 'warning', 'info'),
  rule: fc.constant('a rule'),
  subject: fc.string(),
  message: fc.string(),
});
const worst = ['healthy', 'degraded', 'unknown', 'critical'];
const rank = (issues: readonly CheckIssue[]): number => worst.indexOf(statusOf(issues));

it('law: more issues never make a better status, in whatever order they are found', () => {
  fc.assert(
    fc.property(fc.array(issue), fc.array(issue), (some, more) => {
      expect(rank([...some, ...more])).toBeGreaterThanOrEqual(rank(some));
      expect(rank([...more, ...some])).toBe(rank([...some, ...more]));
    }),
  );
});

it('law: healthy is only what has nothing but notes', () => {
  fc.assert(
    fc.property(fc.array(issue), issues => {
      expect(statusOf(issues) === 'healthy').toBe(issues.every(({ severity }) => severity === 'info'));
    }),
  );
});
