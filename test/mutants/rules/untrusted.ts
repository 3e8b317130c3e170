import { type Mutant, mutantsOf } from '../mutant.ts';

/** Text that somebody else wrote is data, stands inside its fence, and can't close it. */
export const untrusted: readonly Mutant[] = mutantsOf('untrusted', [
  {
    id: 'contractor-closes-its-fence',
    breaks: 'a contractor’s text closes its own fence',
    file: 'src/contractors/foreign-text.ts',
    text: ".replace(/<(?=\\s*\\/?\\s*untrusted)/gi, '‹')",
    replacement: ".replace(/<(?=\\s*\\/?\\s*untrusted)/g, '‹')",
    tests: ['test/contractors/foreign-text.test.ts'],
  },
  {
    id: 'unfenced-contractor',
    breaks: 'a contractor’s text stands outside of a fence',
    file: 'src/contractors/foreign-text.ts',
    text: "line === '' ? '(no text)'",
    replacement: "line !== '' ? line",
    tests: ['test/contractors/foreign-text.test.ts'],
  },
  {
    id: 'sender-closes-its-fence',
    breaks: 'a handoff’s text closes its own fence',
    file: 'src/views/wording.ts',
    text: ".replaceAll(/<(?=\\s*\\/?\\s*untrusted)/gi, '‹')",
    replacement: '',
    tests: ['test/tools/wording.test.ts'],
  },
  {
    id: 'unfenced-sender',
    breaks: 'a handoff’s words are shown as ours',
    file: 'src/views/handoff-view.ts',
    text: 'fenced(redact(text), maxCharacters)',
    replacement: 'redact(text).slice(0, maxCharacters)',
    tests: ['test/tools/handle-handoff.test.ts'],
  },
  {
    id: 'unredacted-contractor',
    breaks: 'a secret in a contractor’s text is shown',
    file: 'src/contractors/foreign-text.ts',
    text: 'redact(text.slice(0, READ_CHARACTERS))',
    replacement: 'text.slice(0, READ_CHARACTERS)',
    tests: ['test/contractors/foreign-text.test.ts'],
  },
]);
