import type { JournalBody } from '../model/journal.ts';
import { redact } from '../redaction/redact.ts';

const FENCE = /<\/?untrusted>/gi;

/** What a cluster said, as data: it can't close its own fence, also when that was put together from pieces. */
function fenced(text: string): string {
  return `<untrusted>${text.replaceAll(FENCE, '').replaceAll(/<(?=\s*\/?\s*untrusted)/gi, '‹')}</untrusted>`;
}

/**
 * The entry as it may be kept and shown: no secret in any of its texts (CONTRACT, Division directory: no secret is ever written),
 * and what an API server or a webhook answered to evictions fenced as untrusted. Names, ids and hashes stay as they are.
 */
export function keptBody(body: JournalBody): JournalBody {
  switch (body.kind) {
    case 'intent':
    case 'control':
      return { ...body, reason: redact(body.reason) };
    case 'outcome': {
      const detail = redact(body.detail);
      const isForeign = body.effect.kind === 'evict' && body.result !== 'ok' && detail !== '';
      return { ...body, detail: isForeign ? fenced(detail) : detail };
    }
    case 'observed':
      return { ...body, reason: redact(body.reason), evidence: body.evidence.map(redact) };
    case 'waiting':
      return { ...body, reason: redact(body.reason), what_ends_it: redact(body.what_ends_it) };
    case 'stopped':
      return {
        ...body,
        reason: redact(body.reason),
        remedy: redact(body.remedy),
        evidence: body.evidence.map(redact),
      };
    case 'finished':
      return { ...body, summary: redact(body.summary) };
    default:
      return body;
  }
}
