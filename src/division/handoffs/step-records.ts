import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HandoffStep } from '../../model/handoff.ts';
import type { FileSystem } from '../file-system.ts';
import { RecordError, readRecord } from '../record-file.ts';
import { createOnce } from './create-once.ts';
import { type HandoffPlaces, namesOf } from './places.ts';

const STEP = /^(.+)\.([0-9a-f]{16})\.(\d{1,4})\.(json|done)$/;

/** Names differ also where the disk takes upper case for lower case. */
const fileStem = (id: string): string => `${id}.${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;

/** The handoff a file of ours is about; undefined for any other file. */
export const handoffOfStepFile = (name: string): string | undefined => STEP.exec(name)?.[1];

/**
 * What was decided about received handoffs: handled/ID.HASH.N.json, N from 1 on without a gap. The next number can be taken once,
 * so of two front ends that decide at the same time one is told that the other was first. ID.HASH.N.done beside it says that all
 * that follows from step N is on disk.
 */
export class StepRecords {
  readonly #fs: FileSystem;
  readonly #places: HandoffPlaces;

  constructor(fs: FileSystem, places: HandoffPlaces) {
    this.#fs = fs;
    this.#places = places;
  }

  /** Names of all records, for `of`: one listing serves many handoffs. */
  names(): Promise<string[]> {
    return namesOf(this.#fs, this.#places.handled);
  }

  /** The steps of one handoff, in order. @throws DivisionError RECORD_CORRUPT */
  async of(id: string, names: readonly string[]): Promise<HandoffStep[]> {
    const stem = fileStem(id);
    const present = new Set(names);
    const steps: HandoffStep[] = [];
    for (let number = 1; present.has(`${stem}.${number}.json`); number += 1) steps.push(await this.read(id, number));
    return steps;
  }

  /** One step. @throws DivisionError RECORD_CORRUPT */
  async read(id: string, number: number): Promise<HandoffStep> {
    const path = this.#path(id, number, 'json');
    const step = await readRecord(this.#fs, path, HandoffStep);
    if (step?.handoff_id === id && step.step === number) return step;
    throw new RecordError(path, 'is the record of something else than its name says');
  }

  #path(id: string, number: number, ending: 'json' | 'done'): string {
    return join(this.#places.handled, `${fileStem(id)}.${number}.${ending}`);
  }

  /** False when that number was taken meanwhile. @throws DivisionError INTERNAL */
  record(step: HandoffStep): Promise<boolean> {
    const text = `${JSON.stringify(HandoffStep.parse(step), null, 2)}\n`;
    return createOnce(this.#fs, this.#path(step.handoff_id, step.step, 'json'), text);
  }

  async markDone(step: HandoffStep): Promise<void> {
    await createOnce(this.#fs, this.#path(step.handoff_id, step.step, 'done'), '\n');
  }

  /** Steps that are being carried out, or after which a process ended before all was written. */
  undone(names: readonly string[]): { id: string; number: number }[] {
    const present = new Set(names);
    return names.flatMap(name => {
      const [, id, hash, number, ending] = STEP.exec(name) ?? [];
      if (id === undefined || ending !== 'json' || present.has(`${id}.${hash}.${number}.done`)) return [];
      return `${id}.${hash}` === fileStem(id) ? [{ id, number: Number(number) }] : [];
    });
  }
}
