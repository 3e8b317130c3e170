/** Decisions about plans, a file each, in approvals/ of the division directory. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Approval, type KnownApproval } from '../model/approval.ts';
import type { Approver } from '../model/config.ts';
import type { Approvals } from '../ports/approvals.ts';
import type { Log } from '../ports.ts';
import { ensureDirectory } from './atomic-file.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';
import { type Layout, layoutOf } from './layout.ts';
import { readRecord, writeRecord } from './record-file.ts';
import { namesIn } from './records.ts';

const FILE = /^([0-9a-f]{16})-[0-9a-f]{16}\.json$/;

/** The same decision is the same file, whoever writes it how often. */
function approvalId(draft: Omit<Approval, 'approval_id'>): string {
  const content = createHash('sha256')
    .update(canonicalize({ ...draft, approval_id: undefined }) ?? '')
    .digest('hex');
  return `${draft.plan_hash.slice(0, 16)}-${content.slice(0, 16)}`;
}

interface Options {
  approvers: readonly Approver[];
  log: Log;
  /** The disk; the real one when absent. */
  fileSystem?: FileSystem;
}

/** Reads what lies there at each call: what counts is decided by `decisions/authority`, not here. */
export function openApprovals(
  directory: string,
  { approvers, log, fileSystem: fs = diskFileSystem }: Options,
): Approvals {
  const layout = layoutOf(directory);
  return {
    async of(planHash) {
      const approvals: KnownApproval[] = [];
      for (const name of await namesIn(fs, layout.approvals)) {
        if (FILE.exec(name)?.[1] !== planHash.slice(0, 16)) continue;
        const approval = await readable(fs, layout, name, log);
        if (approval?.plan_hash === planHash) {
          approvals.push({ approval, signature: await signatureOf(approval, approvers) });
        }
      }
      return { approvals, areKeysConfigured: approvers.length > 0 };
    },
    async save(draft) {
      const approval = { ...draft, approval_id: approvalId(draft) };
      await ensureDirectory(fs, layout.approvals);
      await writeRecord(fs, layout.approval(approval.approval_id), Approval, approval);
      return approval;
    },
  };
}

/** A damaged approval is none: it is named in the log, and its plan waits for another. */
async function readable(fs: FileSystem, layout: Layout, name: string, log: Log): Promise<Approval | undefined> {
  try {
    return await readRecord(fs, layout.approval(name.slice(0, -'.json'.length)), Approval);
  } catch (error) {
    log.warn('division.approval_unreadable', { file: name, problem: String(error) });
    return undefined;
  }
}

async function signatureOf(approval: Approval, approvers: readonly Approver[]): Promise<KnownApproval['signature']> {
  if (approval.signature === undefined) return 'absent';
  // jose is loaded with the first signature there is.
  const { signerOf } = await import('./signature.ts');
  const signer = await signerOf(approval.signature, approval, approvers);
  return signer?.role === approval.role ? 'valid' : 'invalid';
}
