/** Files → handoffs: one id, one handoff, and what it means when its files differ (C-1; CONTRACT, Division directory). */
import canonicalize from 'canonicalize';
import type { HandoffReading, HandoffVersion } from '../model/handoff.ts';
import { byCodePoint, groupedBy, sortedBy } from './verdict.ts';

export interface HandoffFile {
  reading: HandoffReading;
  source: string;
  writtenAtMs: number;
}

export interface VersionedHandoff {
  id: string;
  versions: [HandoffVersion, ...HandoffVersion[]];
}

/** Files with the same id together, files with the same content as one version, the version written first in front. */
export function versionsOf(files: readonly HandoffFile[]): VersionedHandoff[] {
  return groupedBy(files, file => file.reading.id).flatMap(([id, same]) => {
    const versions = groupedBy(same, file => file.reading.hash).flatMap(([, copies]): HandoffVersion[] => {
      const [first] = copies;
      if (first === undefined) return [];
      return [
        {
          reading: first.reading,
          sources: copies.map(copy => copy.source).sort(byCodePoint),
          writtenAtMs: Math.min(...copies.map(copy => copy.writtenAtMs)),
        },
      ];
    });
    const [first, ...others] = sortedBy(versions, version => version.sources[0] ?? '').sort(
      (one, other) => one.writtenAtMs - other.writtenAtMs,
    );
    return first === undefined ? [] : [{ id, versions: [first, ...others] }];
  });
}

/** The statuses we write ourselves into a request that nobody has answered. */
const UNANSWERED = new Set(['pending_approval', 'pending_pickup']);
/** What somebody who decides in place may add; anything else that differs makes it another handoff. */
const ADDED_BY_DECIDING = new Set([
  'decision',
  'approver',
  'conditions',
  'expires_at',
  'signature',
  'reason',
  'note',
  'comment',
  'updated_at',
  'approved_at',
  'rejected_at',
  'completed_at',
  'picked_up_at',
]);

const same = (one: unknown, other: unknown): boolean => canonicalize(one) === canonicalize(other);

function isChangeOf(original: HandoffReading, changed: HandoffReading): boolean {
  if (!original.isExact || !changed.isExact || !UNANSWERED.has(original.status ?? '')) return false;
  const names = new Set([...Object.keys(original.raw), ...Object.keys(changed.raw)]);
  for (const name of names) {
    if (name === 'status') continue;
    if (!Object.hasOwn(original.raw, name) && ADDED_BY_DECIDING.has(name)) continue;
    if (!Object.hasOwn(original.raw, name) || !Object.hasOwn(changed.raw, name)) return false;
    if (!same(original.raw[name], changed.raw[name])) return false;
  }
  return original.status !== changed.status;
}

export interface InPlaceChange {
  original: HandoffReading;
  changed: HandoffReading;
}

/**
 * Our own handoff answered by changing the status of one copy: that counts while the other copy is the unchanged original, so
 * exactly two contents, the one as we wrote it, the other with another status and at most what a decision adds.
 */
export function inPlaceChange(versions: readonly HandoffVersion[]): InPlaceChange | undefined {
  const [one, other, ...more] = versions.map(version => version.reading);
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  if (isChangeOf(one, other)) return { original: one, changed: other };
  return isChangeOf(other, one) ? { original: other, changed: one } : undefined;
}
