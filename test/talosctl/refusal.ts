import { TalosctlError } from '../../src/talosctl/errors.ts';

/** The class with which a call is refused; 'accepted' when it is not. */
export function refusal(produce: () => unknown): string {
  try {
    produce();
  } catch (error) {
    if (error instanceof TalosctlError) return error.errorClass;
    throw error;
  }
  return 'accepted';
}
