import type { Completion } from './define-resource.ts';

export interface PromptArgument<Context> {
  readonly description: string;
  readonly isRequired: boolean;
  readonly complete?: Completion<Context>;
}

/** A prompt of one user message. */
export interface Prompt<Context> {
  /** snake_case; of a playbook its name. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: Readonly<Record<string, PromptArgument<Context>>>;
  /** The message's text; text from clusters and contractors is fenced as untrusted. Throws DivisionError. */
  render(context: Context, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string>;
}
