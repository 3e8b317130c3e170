/** A task in the making: what is known of it, what is missing, and what it could be. */
import { type PlaybookName, Task } from '../../model/task.ts';
import type { Candidates, Question, Understanding } from './model.ts';

const VALUES_MAX = 20;

export class Draft {
  readonly playbook: PlaybookName;
  readonly fields: Record<string, unknown> = {};
  readonly evidence: string[] = [];
  readonly #missing = new Map<string, string>();
  readonly #candidates = new Map<string, readonly string[]>();
  refusal: { reason: string; rule: string } | undefined;

  constructor(playbook: PlaybookName) {
    this.playbook = playbook;
  }

  set(field: string, value: unknown, words: string): void {
    this.fields[field] = value;
    this.evidence.push(`${field}: ${words}`);
  }

  /** `why` completes "it is not certain: …". */
  lacks(field: string, why: string, values: readonly string[] = []): void {
    if (!this.#missing.has(field)) this.#missing.set(field, why);
    if (values.length > 0 && !this.#candidates.has(field))
      this.#candidates.set(field, [...new Set(values)].slice(0, VALUES_MAX));
  }

  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  refuse(reason: string, rule: string): void {
    this.refusal ??= { reason, rule };
  }

  question(): Question {
    const candidates: Candidates[] = [...this.#candidates].map(([field, values]) => ({ field, values }));
    const why = [...this.#missing].map(([field, text]) => `${field}: ${text}`).join('; ');
    return {
      outcome: 'question',
      ...(this.#missing.has('playbook') ? {} : { playbook: this.playbook }),
      missing: [...this.#missing.keys()],
      candidates,
      understood: this.fields,
      question: `This looks like ${this.playbook}, but it is not certain enough to plan it. ${why}.`,
    };
  }

  /** The task, if nothing is missing and the playbook accepts it. */
  finish(): Understanding {
    if (this.refusal !== undefined) return { outcome: 'refused', ...this.refusal };
    if (!this.isComplete) return this.question();
    const parsed = Task.safeParse({ playbook: this.playbook, ...this.fields });
    if (parsed.success) return { outcome: 'task', task: parsed.data, evidence: this.evidence };
    for (const { path, message } of parsed.error.issues) this.lacks(String(path[0] ?? 'request'), message);
    return this.question();
  }
}
