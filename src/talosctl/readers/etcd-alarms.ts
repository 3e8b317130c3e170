import { unintelligible } from '../errors.ts';
import { readMemberId } from './etcd-id.ts';

export interface EtcdAlarmReading {
  /** 16 hex digits. */
  memberId: string;
  /** NOSPACE, CORRUPT. */
  alarm: string;
}

const HEADER = /^(?:NODE\s{2,})?MEMBER\s{2,}ALARM$/;
const ROW = /^(?:\S+\s{2,})?([0-9a-f]{1,16})\s{2,}([A-Z]+)$/i;

/**
 * Reads `talosctl etcd alarm list`. Empty is the one way it says "none"; the header is missing when the first node has no
 * alarm (contractors 3.4).
 */
export function readEtcdAlarms(text: string): EtcdAlarmReading[] {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !HEADER.test(line));
  const alarms = lines.map(line => {
    const [, memberId, alarm] = ROW.exec(line) ?? [];
    if (memberId === undefined || alarm === undefined) unintelligible('the answer of talosctl etcd alarm list', line);
    return { memberId: readMemberId(memberId), alarm };
  });
  if (alarms.length === 0 && text.trim() !== '') unintelligible('the answer of talosctl etcd alarm list', text);
  return alarms;
}
