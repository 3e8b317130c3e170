import { draftOf, replyTo, sizeProblems, statusAfter } from '../../decisions/handoff-draft.ts';
import { handoffsFrom } from '../../decisions/handoff-state.ts';
import { judgeStep, stateAfter } from '../../decisions/handoff-steps.ts';
import { DivisionError } from '../../errors.ts';
import { pidExists } from '../../host/process-identity.ts';
import type { Handoff, HandoffStep } from '../../model/handoff.ts';
import type {
  HandledHandoff,
  HandoffDecision,
  Handoffs,
  HandoffToSend,
  Inbox,
  SentHandoff,
} from '../../ports/handoffs.ts';
import type { Clock, Log } from '../../ports.ts';
import { REDACTED, redact, redactValue } from '../../redaction/redact.ts';
import { sweepTemporaries } from '../atomic-file.ts';
import { diskError } from '../disk-error.ts';
import { diskFileSystem, errorCode, type FileSystem } from '../file-system.ts';
import { createOnce } from './create-once.ts';
import { Outbox } from './outbox.ts';
import { type HandoffPlaces, handoffPlaces } from './places.ts';
import { StepRecords } from './step-records.ts';
import { HandoffSurveyor, type SurveyedFile } from './survey.ts';

/** What another process began is its own for so long; then it is taken for dead and finished. Wall time. */
const ABANDONED_MS = 30_000;
/** Front ends that decide about one handoff at the same time. */
const RIVALS_MAX = 20;

interface Options {
  /** Wall time, also of a simulated division: who writes to us lives in it. */
  clock: Clock;
  log: Log;
  fileSystem?: FileSystem;
}

function invalid(problems: readonly string[]): DivisionError {
  return new DivisionError('INPUT_INVALID', problems.join('; '), 'correct the arguments and call again');
}

/** A context without secrets, and whether it had any, here or before it came here (CONTRACT, Division directory: no secret is ever written). */
function withoutSecrets(context: Readonly<Record<string, unknown>>): {
  context: Record<string, unknown>;
  isRedacted: boolean;
} {
  const redacted = redactValue(context);
  const clean = typeof redacted === 'object' && redacted !== null ? { ...redacted } : {};
  return { context: clean, isRedacted: JSON.stringify(clean).includes(REDACTED) };
}

class DirectoryHandoffs implements Handoffs {
  readonly #places: HandoffPlaces;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #surveyor: HandoffSurveyor;
  readonly #steps: StepRecords;
  readonly #outbox: Outbox;
  #isSwept = false;

  constructor(directory: string, { clock, log, fileSystem = diskFileSystem }: Options) {
    this.#places = handoffPlaces(directory);
    this.#fs = fileSystem;
    this.#clock = clock;
    this.#log = log;
    this.#surveyor = new HandoffSurveyor({ fs: fileSystem, places: this.#places, clock, log });
    this.#steps = new StepRecords(fileSystem, this.#places);
    this.#outbox = new Outbox(fileSystem, this.#places);
  }

  async incoming(): Promise<Inbox> {
    await this.#finishAbandoned();
    const { incoming, survey } = await this.#look();
    const isEnded = ({ state }: Handoff): boolean => state === 'completed' || state === 'rejected';
    const handoffs = incoming.filter(handoff => !isEnded(handoff) || handoff.conflict !== undefined);
    handoffs.sort((one, other) => Date.parse(one.clock.due_at) - Date.parse(other.clock.due_at));
    return { asOf: this.#now(), handoffs, unreadable: survey.unreadable, leftOut: survey.leftOut };
  }

  async outgoing(): Promise<{ asOf: string; handoffs: Handoff[] }> {
    await this.#finishAbandoned();
    const { outgoing } = await this.#look();
    const at = ({ clock }: Handoff): number => Date.parse(clock.started_at);
    return { asOf: this.#now(), handoffs: outgoing.sort((one, other) => at(other) - at(one)) };
  }

  async one(id: string): Promise<Handoff | undefined> {
    const { incoming, outgoing } = await this.#look();
    return incoming.find(handoff => handoff.id === id) ?? outgoing.find(handoff => handoff.id === id);
  }

  async handle(id: string, decision: HandoffDecision): Promise<HandledHandoff> {
    const problems = sizeProblems(decision.context ?? {});
    if (problems.length > 0) throw invalid(problems);
    await this.#finishAbandoned();
    for (let attempt = 0; attempt < RIVALS_MAX; attempt += 1) {
      const { incoming, outgoing, survey } = await this.#look();
      const handoff = incoming.find(one => one.id === id) ?? outgoing.find(one => one.id === id);
      if (handoff === undefined) {
        throw new DivisionError('NOT_FOUND', 'there is no such handoff', 'handle_handoff without arguments lists them');
      }
      const verdict = judgeStep(handoff, decision.action);
      if (verdict.verdict === 'refused') throw new DivisionError('OPERATION_CONFLICT', verdict.reason, verdict.remedy);
      if (verdict.verdict === 'done') {
        return { handoff, isRepeated: true, reply: await this.#finish(verdict.step, survey.files) };
      }
      const step = this.#stepOf(handoff, verdict.number, decision);
      if (!(await this.#steps.record(step))) continue;
      const reply = await this.#finish(step, survey.files);
      return {
        handoff: { ...handoff, steps: [...handoff.steps, step], state: stateAfter([step]) },
        isRepeated: false,
        reply,
      };
    }
    throw new DivisionError('OPERATION_CONFLICT', 'others decide about it at the same time', 'call again');
  }

  async send(request: HandoffToSend): Promise<SentHandoff> {
    const draft = draftOf(request, this.#clock.now());
    if (Array.isArray(draft)) throw invalid(draft);
    await this.#finishAbandoned();
    const { context, isRedacted } = withoutSecrets(draft.context);
    return { ...(await this.#outbox.send({ ...draft, context }, request.once)), isRedacted };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  async #look() {
    try {
      const survey = await this.#surveyor.survey();
      const names = await this.#steps.names();
      const received = survey.files.filter(file => file.direction === 'incoming');
      const steps = new Map<string, readonly HandoffStep[] | string>();
      for (const { reading } of received) {
        if (!steps.has(reading.id)) steps.set(reading.id, await this.#stepsOf(reading.id, names));
      }
      const handoffs = handoffsFrom({
        received,
        sent: survey.files.filter(file => file.direction === 'outgoing'),
        stepsOf: id => steps.get(id) ?? [],
        nowMs: this.#clock.now(),
      });
      return { ...handoffs, survey };
    } catch (error) {
      throw errorCode(error) === undefined ? error : diskError(error, 'read', this.#places.root);
    }
  }

  async #stepsOf(id: string, names: readonly string[]): Promise<readonly HandoffStep[] | string> {
    try {
      return await this.#steps.of(id, names);
    } catch (error) {
      if (!(error instanceof DivisionError)) throw error;
      this.#log.error('handoffs.record_unreadable', { handoff: id, problem: error.message });
      return 'our record of what was done with it cannot be read';
    }
  }

  #stepOf(handoff: Handoff, number: number, { action, note, context, principal }: HandoffDecision): HandoffStep {
    const step = {
      record_version: 1 as const,
      handoff_id: handoff.id,
      step: number,
      action,
      at: this.#now(),
      by: principal,
      ...(note !== undefined && { note: redact(note) }),
      ...(context !== undefined && { context: withoutSecrets(context).context }),
      content_hash: handoff.reading.hash,
    };
    // An answer is not answered: two general managers would never end.
    return handoff.answers === undefined ? { ...step, reply: replyTo(handoff.reading, step) } : step;
  }

  /**
   * What follows from a recorded step, each part repeatable: the reply, then the mark beside the sender's file, then the note that
   * all is done. A crash between any two leaves a step without that note, which the next look at the inbox finishes.
   */
  async #finish(step: HandoffStep, files: readonly SurveyedFile[]): Promise<SentHandoff | undefined> {
    const reply = step.reply === undefined ? undefined : await this.#outbox.deliver(step.reply);
    if (step.action !== 'accept') {
      const decided = files.filter(
        ({ reading }) => reading.id === step.handoff_id && reading.hash === step.content_hash,
      );
      for (const file of decided.filter(({ direction }) => direction === 'incoming')) await this.#mark(file, step);
    }
    await this.#steps.markDone(step);
    return reply;
  }

  /**
   * FILE.processed beside the sender's file (D2): all that it said, with the new status. The file itself is the sender's and is
   * neither changed nor moved, so nothing that is written to it meanwhile is lost; what we write has no secrets, and a peer's
   * folder is left alone.
   */
  async #mark({ reading, path, isOurs }: SurveyedFile, { action, at, by }: HandoffStep): Promise<void> {
    if (!isOurs) return;
    const { context: said } = withoutSecrets(reading.isExact ? reading.raw : { handoff_id: reading.id });
    const endedAt = action === 'complete' ? { completed_at: at } : { rejected_at: at };
    const marked = { ...said, status: statusAfter(action), ...endedAt, handled_by: `containers (${by})` };
    await createOnce(this.#fs, `${path}.processed`, `${JSON.stringify(marked, null, 2)}\n`);
  }

  /** Once: leavings harm nobody. */
  async #sweep(): Promise<void> {
    if (this.#isSwept) return;
    this.#isSwept = true;
    const { root, outgoing, handled, sending, quarantine } = this.#places;
    for (const folder of [root, outgoing, handled, sending, quarantine]) {
      await sweepTemporaries(this.#fs, folder, pid => !pidExists(pid));
    }
  }

  /** Ends what processes that died had begun. */
  async #finishAbandoned(): Promise<void> {
    const isAbandoned = (at: string): boolean => this.#clock.now() - Date.parse(at) >= ABANDONED_MS;
    await this.#quietly(async () => {
      await this.#sweep();
      for (const name of await this.#outbox.underWay()) {
        await this.#quietly(() => this.#outbox.finish(name, isAbandoned));
      }
      for (const { id, number } of this.#steps.undone(await this.#steps.names())) {
        await this.#quietly(async () => {
          const step = await this.#steps.read(id, number);
          if (isAbandoned(step.at)) await this.#finish(step, (await this.#surveyor.survey()).files);
        });
      }
    });
  }

  /** What can't be ended now is logged and tried at the next look; it keeps nobody from reading. */
  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log.warn('handoffs.unfinished', { error });
    }
  }
}

/** Handoffs in a division directory. Makes nothing until there is something to write. */
export function openHandoffs(directory: string, options: Options): Handoffs {
  return new DirectoryHandoffs(directory, options);
}
