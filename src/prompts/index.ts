import type { Prompt } from '../mcp/define-prompt.ts';
import type { FrontEnd } from '../ports.ts';
import { talosUpgrade } from './talos-upgrade.ts';

/** Every prompt of the server, in the order it is listed. */
export const prompts: readonly Prompt<FrontEnd>[] = [talosUpgrade];
