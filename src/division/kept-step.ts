import { fenceClosed } from '../decisions/untrusted.ts';
import type { JournalBody } from '../model/journal.ts';
import type { StepResult } from '../model/step.ts';
import { redact, redactValue } from '../redaction/redact.ts';

/** Longest text of a step, in characters; a webhook or a controller may say megabytes. */
const TEXT_MAX = 2_000;
/** Texts of evidence. */
const EVIDENCE_MAX = 20;
/** A result's JSON as a whole, in characters: every later entry's record carries it again. */
const RESULT_MAX = 65_536;

const kept = (text: string): string => {
  const safe = redact(text);
  return safe.length <= TEXT_MAX ? safe : fenceClosed(`${safe.slice(0, TEXT_MAX)} …`);
};

/** The step's entry as it may be kept: no secret in any of its texts, also deep in its result, and none longer than anybody reads. */
export function keptStep(body: Extract<JournalBody, { kind: 'step' }>): JournalBody {
  return {
    ...body,
    reason: kept(body.reason),
    evidence: body.evidence.slice(0, EVIDENCE_MAX).map(kept),
    ...(body.what_ends_it !== undefined && { what_ends_it: kept(body.what_ends_it) }),
    ...(body.remedy !== undefined && { remedy: kept(body.remedy) }),
    ...(body.result !== undefined && { result: keptResult(body.result) }),
  };
}

/** Of a result that is too large as a whole its largest fields are left out, and named. */
function keptResult(result: StepResult): StepResult {
  const fields = Object.entries(result).map(([name, value]) => [name, redactValue({ [name]: value })] as const);
  const sized = fields.map(([name, holder]) => ({ name, holder, size: JSON.stringify(holder).length }));
  let size = sized.reduce((total, field) => total + field.size, 0);
  const leftOut: string[] = [];
  for (const field of sized.toSorted((one, other) => other.size - one.size)) {
    if (size <= RESULT_MAX) break;
    leftOut.push(field.name);
    size -= field.size;
  }
  const stays = sized.filter(({ name }) => !leftOut.includes(name)).map(({ holder }) => holder);
  return Object.assign({}, ...stays, leftOut.length > 0 ? { left_out: leftOut } : {}) as StepResult;
}
