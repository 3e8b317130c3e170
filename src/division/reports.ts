import { join } from 'node:path';
import { DivisionError } from '../errors.ts';
import type { Reports } from '../ports/reports.ts';
import { redactValue } from '../redaction/redact.ts';
import { ensureDirectory, writeAtomically } from './atomic-file.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';
import { isRecordId, layoutOf } from './layout.ts';

/** Reports of a division directory. */
export function openReports(divisionDirectory: string, fileSystem: FileSystem = diskFileSystem): Reports {
  const { report } = layoutOf(divisionDirectory);
  return {
    async write(type, name, value) {
      if (!isRecordId(type) || !isRecordId(name))
        throw new DivisionError('INTERNAL', 'a report needs names that a file may have', 'report this fault');
      const path = report(type, name);
      await ensureDirectory(fileSystem, join(path, '..'));
      await writeAtomically(fileSystem, path, `${JSON.stringify(redactValue(value), null, 2)}\n`);
      return join('reports', type, `${name}.json`);
    },
  };
}
