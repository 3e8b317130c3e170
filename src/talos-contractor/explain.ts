import { DivisionError } from '../errors.ts';
import { presentable, TalosctlError } from '../talosctl/errors.ts';

/** The wire form of a failed call: {error_class, message, remedy} (model/talos.ts); undefined for a fault of ours. */
function wireOf(error: unknown): Record<string, unknown> | undefined {
  if (error instanceof TalosctlError)
    return { error_class: error.errorClass, message: error.message, remedy: error.remedy };
  if (error instanceof DivisionError && error.code === 'INPUT_INVALID')
    return { error_class: 'invalid_argument', message: presentable(error.message), remedy: error.remedy };
  return undefined;
}

/** How a contractor tells what went wrong: the caller its class, its own stderr a fault of ours. */
export function explainTo(say: (line: string) => void) {
  return (error: unknown): Record<string, unknown> => {
    const known = wireOf(error);
    if (known !== undefined) return known;
    say(presentable(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return { error_class: 'failed', message: 'the contractor failed to answer this call', remedy: 'see its stderr' };
  };
}
