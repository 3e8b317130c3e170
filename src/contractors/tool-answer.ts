import { DivisionError } from '../errors.ts';
import { foreignText } from './foreign-text.ts';

/** What a contractor's tool answered, before anyone has understood it. */
export interface ToolAnswer {
  contractor: string;
  tool: string;
  isError: boolean;
  /** All text blocks, joined by newlines. */
  text: string;
  /** `structuredContent`, when there is one. */
  structured: unknown;
}

/** UTF-8 bytes of both channels. */
export function answerBytes({ text, structured }: ToolAnswer): number {
  return Buffer.byteLength(text) + (structured === undefined ? 0 : Buffer.byteLength(JSON.stringify(structured)));
}

/** A tool as the contractor lists it; `properties` maps argument names to their JSON Schema types. */
export interface ListedTool {
  name: string;
  properties: Readonly<Record<string, string | undefined>>;
  required: readonly string[];
}

/** The answer is not what the profile's reader knows: it is never taken for good news. */
export function unintelligible(answer: ToolAnswer, expected: string): DivisionError {
  return new DivisionError(
    'CONTRACTOR_UNINTELLIGIBLE',
    `${answer.contractor}: ${answer.tool} did not answer ${expected}: ${foreignText(answer.text)}`,
    `Compare the version of contractor ${answer.contractor} with the ones its profile supports; run containers-gm doctor.`,
  );
}
