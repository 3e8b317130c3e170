import * as z from 'zod';
import { type PlaybookName, Task } from '../model/task.ts';

/** One parameter as JSON Schema says it: only what readers here ask of it. */
export interface ParameterSchema {
  type?: string;
  description?: string;
  enum?: readonly unknown[];
  anyOf?: readonly { const?: unknown }[];
  items?: ParameterSchema;
}

/** A playbook's parameters, as JSON Schema of `task` without its name. */
export interface Parameters {
  type: 'object';
  properties: Readonly<Record<string, ParameterSchema>>;
  /** Names of those that have to be given; all else is optional or has a default. */
  required: readonly string[];
  additionalProperties: false;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const entriesOf = (value: unknown): [string, ParameterSchema][] =>
  isObject(value)
    ? Object.entries(value).filter((entry): entry is [string, ParameterSchema] => isObject(entry[1]))
    : [];

/** What `decompose_task` takes for this playbook (model/task): the one source for prompts, resources and the tool. */
export function parametersOf(name: PlaybookName): Parameters {
  const option = Task.options.find(({ shape }) => shape.playbook.value === name);
  const schema: Record<string, unknown> = option ? { ...z.toJSONSchema(option, { io: 'input' }) } : {};
  const properties = entriesOf(schema.properties).filter(([parameter]) => parameter !== 'playbook');
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: required.filter(parameter => parameter !== 'playbook'),
    additionalProperties: false,
  };
}
