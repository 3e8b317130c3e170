/** What a request in free words asks for; pure, and certain or a question (CONTRACT, decompose_task; R168, R204). */
import { besides, covering, draftOf, isRival, likely, type Match, ownersOf, playbooksOf } from './choice.ts';
import type { Item } from './items.ts';
import type { KnownWorld, Question, Understanding } from './model.ts';
import { dangerIn } from './refusals.ts';
import { type Request, reasonFrom, requestOf } from './request.ts';
import { clusterNames, mentions } from './subjects.ts';

const WORDS_SHOWN = 5;

const question = (fields: Partial<Question> & Pick<Question, 'question'>): Question => ({
  outcome: 'question',
  missing: ['request'],
  candidates: [],
  understood: {},
  ...fields,
});

const HINDRANCES: Readonly<Record<string, string>> = {
  negation: 'it says not to',
  condition: 'it depends on a condition',
  alternative: 'it leaves a choice open',
  asks: 'it asks about it',
  past: 'it tells of the past',
  later: 'it names a time: windows stand in division.yaml, and a plan starts when it is started',
  undoing: 'it takes something back: a running operation is steered with control_operation',
  at_once: 'it wants several at once',
  sequence: 'it has several steps',
  bypass: 'it leaves something out',
  force: 'it wants something forced',
};

/** Why the words are not certain, in our own words; what was not understood is quoted, a few words of it. */
function doubts(items: readonly Item[], request: Request): string {
  const known = [...new Set(items.flatMap(({ concept }) => HINDRANCES[concept ?? ''] ?? []))];
  const asked = request.isAsked && !known.includes('it asks about it') ? ['it asks about it'] : [];
  const rest = items
    .filter(({ concept }) => HINDRANCES[concept ?? ''] === undefined)
    .map(({ text }) => JSON.stringify(text.slice(0, 40)));
  const shown = [...new Set(rest)].slice(0, WORDS_SHOWN).join(', ');
  const unclear = shown === '' ? [] : [`these words are not part of it: ${shown}`];
  const hidden = request.isDisguised ? ['its letters are not what they look like'] : [];
  return [...known, ...asked, ...unclear, ...hidden].join('; ');
}

function severalMeant(playbooks: readonly string[]): Question {
  return question({
    missing: ['playbook'],
    candidates: [{ field: 'playbook', values: playbooks }],
    question: `This may be several tasks: ${playbooks.join(', ')}. Ask for one at a time.`,
  });
}

/** A question about the one procedure that seems to be meant. */
function unsure(match: Match, request: Request): Understanding {
  const draft = draftOf(match, request);
  const why = doubts(match.uncovered, request);
  if (draft.refusal !== undefined && why === '') return draft.finish();
  const names = clusterNames(request);
  const isOpen =
    !match.rule.disrupts &&
    mentions(request, 'cluster').length === 0 &&
    match.uncovered.some(({ kind }) => kind === 'unknown');
  draft.lacks('request', why === '' ? 'say it as one order' : why);
  if (isOpen) draft.lacks('clusters', 'of which cluster?', names);
  return draft.question();
}

/** Every word is accounted for, yet one was only similar to what exists, or the text hides what it says. */
function certain(match: Match, request: Request): Understanding {
  const draft = draftOf(match, request);
  const reasonAt = match.rule.allows.split(' ').includes('because') ? reasonFrom(request) : request.items.length;
  const similar = request.items.slice(0, reasonAt).filter(({ isExact }) => !isExact);
  if (
    match.rule.disrupts &&
    similar.some(({ references, concept }) => references.length === 0 && concept !== 'new_name')
  ) {
    draft.lacks(
      'request',
      `is this what is meant: ${similar.map(({ text }) => JSON.stringify(text.slice(0, 40))).join(', ')}?`,
    );
  }
  if (request.isDisguised) draft.lacks('request', 'its letters are not what they look like');
  return draft.finish();
}

function judged(request: Request): Understanding {
  const danger = dangerIn(request);
  if (danger?.isWished === true) return danger.refusal;
  if (danger !== undefined) {
    return question({
      question: `Nothing is planned from this, and it would be refused as a wish: ${danger.refusal.reason}.`,
    });
  }
  if (request.isTooLong) return question({ question: 'Say it in one or two sentences, or give it as a task.' });
  const [whole, ...others] = covering(request);
  if (whole !== undefined) {
    return others.length === 0
      ? certain(whole, request)
      : severalMeant([whole, ...others].flatMap(({ rule }) => playbooksOf(rule.family)));
  }
  return unaccounted(request);
}

function unaccounted(request: Request): Understanding {
  const [owner, ...otherOwners] = ownersOf(request);
  if (owner !== undefined) {
    const beside = besides(request, owner);
    if (beside.length > 0) {
      const playbooks = beside.flatMap(({ rule }) => playbooksOf(rule.family));
      return {
        ...severalMeant(playbooks),
        question: `Part of this is ${playbooks.join(' or ')}, part of it is not ours: ${owner.reason}.`,
      };
    }
    if (otherOwners.length === 0 || owner.owner === 'prime' || owner.owner === 'coo')
      return { outcome: 'out_of_scope', owner: owner.owner, reason: owner.reason };
    const values = [owner, ...otherOwners].map(each => each.owner);
    return question({
      missing: ['owner'],
      candidates: [{ field: 'owner', values }],
      question: `This is not ours alone: it may be of ${values.join(' or ')}. Ask for one thing at a time.`,
    });
  }
  const [match, ...others] = likely(request);
  if (match === undefined) {
    return question({
      missing: ['playbook'],
      question:
        'What shall be done? None of the procedures was recognised: decompose_task without arguments lists them.',
    });
  }
  const rivals = others.filter(other => isRival(match, other));
  if (rivals.length > 0)
    return severalMeant([match, ...rivals].slice(0, 4).flatMap(({ rule }) => playbooksOf(rule.family)));
  return unsure(match, request);
}

/**
 * The task that a text asks for, a question with what is missing and what it could be, whose work it is, or why it is refused. Every
 * word has to be accounted for: what isn't certain is a question (precision before recall). A text grants nothing: its task is still
 * planned, judged and gated. Never throws; linear in the text's length.
 */
export function understand(text: string, known: KnownWorld): Understanding {
  const request = requestOf(text, known);
  return judged(request);
}
