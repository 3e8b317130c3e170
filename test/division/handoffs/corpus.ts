/** Handoff files as they were seen or could be sent, each with what has to be read from it: NAME.handoff and NAME.expected.json. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Party } from '../../../src/model/handoff.ts';

interface ExpectedReading {
  id: string;
  from: Party;
  type: string;
  priority: string;
  to?: Party;
  /** null: not there. */
  status?: string | null;
  task_id?: string | null;
  in_response_to?: string | null;
  created_at?: string | null;
  deadline?: string | null;
  summary?: string;
  exact?: boolean;
  duplicate_keys?: string[];
}

export interface CorpusFile {
  name: string;
  /** What the file is called in an inbox. */
  file: string;
  bytes: Uint8Array;
  reads?: ExpectedReading;
  problems?: string[];
  unreadable?: string;
}

const folder = fileURLToPath(new URL('corpus', import.meta.url));

export const corpus: readonly CorpusFile[] = readdirSync(folder)
  .filter(file => file.endsWith('.handoff'))
  .map(file => {
    const name = file.replace(/\.handoff$/, '');
    const expected = JSON.parse(readFileSync(join(folder, `${name}.expected.json`), 'utf8')) as Omit<
      CorpusFile,
      'bytes'
    >;
    return { ...expected, name, bytes: readFileSync(join(folder, file)) };
  });
