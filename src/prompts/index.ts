import type { Prompt } from '../mcp/define-prompt.ts';
import { playbooks } from '../playbooks/index.ts';
import type { FrontEnd } from '../ports.ts';
import { gmBriefing } from './gm-briefing.ts';
import { playbookPrompt } from './playbook-prompt.ts';

/** Every prompt of the server, in the order it is listed: the briefing, then one a playbook. */
export const prompts: readonly Prompt<FrontEnd>[] = [gmBriefing, ...playbooks.map(playbookPrompt)];
