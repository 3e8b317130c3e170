import type { FrontEnd } from '../ports.ts';
import type { Prompt } from './define-prompt.ts';
import type { ResourceFamily } from './define-resource.ts';
import type { ToolRegistry } from './define-tool.ts';
import { prompts, resources, tools } from './definitions.ts';
import { registryOf } from './listed-schema.ts';

interface Registries {
  tools: ToolRegistry<FrontEnd>;
  prompts: readonly Prompt<FrontEnd>[];
  resources: readonly ResourceFamily<FrontEnd>[];
}

/**
 * What the server offers. In the bundle scripts/registries.mjs puts the finished lists in the place of this file: a host that starts
 * waits for them alone, and what tools, prompts and resources need is loaded with the first one that is called.
 */
export const registries: Registries = { tools: registryOf(tools), prompts, resources };
