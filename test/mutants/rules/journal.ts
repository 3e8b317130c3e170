import { type Mutant, mutantsOf } from '../mutant.ts';

/** SAFETY 11: the journal is the truth. */
export const journal: readonly Mutant[] = mutantsOf('SAFETY 11', [
  {
    id: 'torn-tail-kept',
    breaks: 'a torn tail is not truncated before the first append',
    file: 'src/division/journal.ts',
    text: 'if (reading.tornBytes > 0) await fs.truncate(path, reading.wholeBytes);',
    replacement: 'if (reading.tornBytes < 0) await fs.truncate(path, reading.wholeBytes);',
    tests: ['test/division/journal.test.ts'],
  },
  {
    id: 'torn-tail-unsaid',
    breaks: 'nobody is told of a torn tail',
    file: 'src/operations/journalled-state.ts',
    text: 'if (tornBytes > 0) options.log.warn',
    replacement: 'if (tornBytes < 0) options.log.warn',
    tests: ['test/operations/journalled-state.test.ts'],
  },
  {
    id: 'unsynced-entry',
    breaks: 'an entry is acknowledged before it is synced',
    file: 'src/division/journal.ts',
    text: 'await this.#file.write(line);\n      await this.#file.sync();\n',
    replacement: 'await this.#file.write(line);\n',
    tests: ['test/division/journal.test.ts'],
  },
  {
    id: 'failed-append-kept',
    breaks: 'a line is glued to the remains of a failed append',
    file: 'src/division/journal.ts',
    text: 'if (this.#mustCutBack) await this.#cutBack();\n',
    replacement: '',
    tests: ['test/division/journal.test.ts'],
  },
  {
    id: 'record-before-journal',
    breaks: 'the record is written before the journal has it',
    file: 'src/operations/journalled-state.ts',
    text: 'const entry = await this.#told.division.append(this.operationId, body, at);\n      const state = applyEntry(this.#state, entry);\n      this.#state = state;\n      await this.#follow();\n',
    replacement:
      'const next = { ...body, at, sequence: this.#state.sequence + 1 };\n      const state = applyEntry(this.#state, next);\n      this.#state = state;\n      await this.#follow();\n      const entry = await this.#told.division.append(this.operationId, body, at);\n',
    tests: ['test/operations/journalled-state.test.ts'],
  },
  {
    id: 'damaged-middle-skipped',
    breaks: 'a damaged entry in the middle is passed over',
    file: 'src/division/journal.ts',
    text: "if (end === bytes.length - 1) break;\n      throw corrupt(path, line, 'not JSON');",
    replacement: 'break;',
    tests: ['test/division/journal.test.ts'],
  },
]);
