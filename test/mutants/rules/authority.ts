import { type Mutant, mutantsOf } from '../mutant.ts';

const file = 'src/decisions/authority/judge-approval.ts';
const tests = ['test/decisions/authority/judge-approval.test.ts'];

/** Who may decide what: nobody above their own level, about this plan, in time, as a configured approver. */
export const authority: readonly Mutant[] = mutantsOf('authority', [
  {
    id: 'above-its-level',
    breaks: 'a role decides what is one level above it',
    file: 'src/decisions/authority/matrix.ts',
    text: 'reach[role] >= rank[level]',
    replacement: 'reach[role] >= rank[level] - 1',
    tests: ['test/decisions/authority/matrix.test.ts'],
  },
  {
    id: 'unknown-is-routine',
    breaks: 'an action nobody knows is the division’s own',
    file: 'src/decisions/authority/matrix.ts',
    text: "action,\n  level: 'cortex-prime',",
    replacement: "action,\n  level: 'autonomous',",
    tests: ['test/decisions/authority/matrix.test.ts'],
  },
  {
    id: 'approval-of-another-plan',
    breaks: 'an approval counts for another plan',
    file,
    text: "if (approval.plan_hash !== question.planHash) return 'it names another plan';\n",
    replacement: '',
    tests,
  },
  {
    id: 'expired-approval',
    breaks: 'an expired approval counts',
    file,
    text: '!(question.at < Date.parse(approval.expires_at))',
    replacement: '!(Date.parse(approval.at) < Date.parse(approval.expires_at))',
    tests,
  },
  {
    id: 'conditional-approval',
    breaks: 'an approval with conditions counts as one without',
    file,
    text: 'if (approval.conditions.length > 0) return',
    replacement: 'if (approval.conditions.length > 99) return',
    tests,
  },
  {
    id: 'forged-signature',
    breaks: 'an approval counts whose signature is not its approver’s',
    file,
    text: "if (signature === 'invalid') return",
    replacement: "if (signature === 'invalid' && approval.conditions.length > 99) return",
    tests,
  },
  {
    id: 'unsigned-approval',
    breaks: 'an unsigned approval counts although approvers have keys',
    file,
    text: "signature === 'absent' && question.areKeysConfigured && asFile",
    replacement: "signature === 'absent' && !question.areKeysConfigured && asFile",
    tests,
  },
  {
    id: 'signature-of-other-words',
    breaks: 'a signature over another decision is taken for this one’s',
    file: 'src/division/signature.ts',
    text: "return says(JSON.parse(Buffer.from(payload).toString('utf8')), decision) ? approver : undefined;",
    replacement: 'return payload.length > 0 ? approver : undefined;',
    tests: ['test/division/signature.test.ts'],
  },
  {
    id: 'changed-plan',
    breaks: 'a plan that was changed under its hash is authorized',
    file: 'src/decisions/authority.ts',
    text: 'if (planHash(plan) !== plan.plan_hash) {',
    replacement: "if (plan.plan_hash === '') {",
    tests: ['test/decisions/authority.test.ts'],
  },
  {
    id: 'minor-is-routine',
    breaks: 'a Talos minor across a cluster is the division’s own to decide',
    file: 'src/decisions/authority.ts',
    text: 'return !from || !target || from.major !== target.major || from.minor !== target.minor;',
    replacement: 'return !from || !target || from.major !== target.major;',
    tests: ['test/decisions/authority.test.ts'],
  },
]);
