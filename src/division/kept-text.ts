import { untrusted } from '../decisions/untrusted.ts';
import type { EffectKind } from '../model/effect.ts';
import type { JournalBody } from '../model/journal.ts';
import { redact } from '../redaction/redact.ts';
import { keptStep } from './kept-step.ts';

/** Effects whose failures are told in the words of an API server or a webhook. */
const ANSWERED: readonly EffectKind[] = ['evict', 'apply_objects', 'restore_objects'];

/**
 * The entry as it may be kept and shown: no secret in any of its texts (CONTRACT, Division directory: no secret is ever written),
 * and what an API server or a webhook answered to evictions and applied objects fenced as untrusted. Names, ids and hashes stay as they are.
 */
export function keptBody(body: JournalBody): JournalBody {
  switch (body.kind) {
    case 'intent':
    case 'control':
      return { ...body, reason: redact(body.reason) };
    case 'outcome': {
      const detail = redact(body.detail);
      const isForeign = ANSWERED.includes(body.effect.kind) && body.result !== 'ok' && detail !== '';
      return { ...body, detail: isForeign ? untrusted(detail) : detail };
    }
    case 'observed':
      return { ...body, reason: redact(body.reason), evidence: body.evidence.map(redact) };
    case 'step':
      return keptStep(body);
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
