import { DivisionError } from '../errors.ts';
import type { PromptArgument } from '../mcp/define-prompt.ts';
import { Task } from '../model/task.ts';
import { type ParameterSchema, parametersOf } from '../playbooks/parameters.ts';
import type { Playbook } from '../playbooks/playbook.ts';
import type { FrontEnd } from '../ports.ts';
import { completionOf } from './task-completion.ts';

/** Stands where a host puts an application's YAML: a prompt's arguments are names and versions. */
export const MANIFESTS_HERE = 'the YAML of this application';

const isList = ({ type, items }: ParameterSchema): boolean => type === 'array' && items?.type !== 'object';

/** The arguments of a playbook's prompt: the parameters of its task, as texts. */
export function argumentsOf({ name }: Playbook): Record<string, PromptArgument<FrontEnd>> {
  const { properties, required } = parametersOf(name);
  const entries = Object.entries(properties).map(([field, schema]): [string, PromptArgument<FrontEnd>] => {
    const isRequired = required.includes(field);
    const complete = completionOf(name, field, schema);
    const argument = { description: descriptionOf(field, schema, isRequired), isRequired };
    return [field, complete ? { ...argument, complete } : argument];
  });
  return Object.fromEntries(entries);
}

function descriptionOf(field: string, schema: ParameterSchema, isRequired: boolean): string {
  return [
    schema.description ?? field,
    field === 'applications' ? 'each as name or namespace/name' : undefined,
    isList(schema) || field === 'applications' ? 'separated by commas' : isJson(field, schema) ? 'as JSON' : undefined,
    field === 'clusters' && !isRequired ? 'absent: every cluster' : undefined,
  ]
    .filter(part => part !== undefined)
    .join(', ');
}

const isJson = (field: string, { type, items }: ParameterSchema): boolean =>
  field !== 'applications' && (type === 'object' || (type === 'array' && items?.type === 'object'));

/** The task that the texts say. An empty text is an argument that was not given. [INPUT_INVALID naming each field that is wrong] */
export function taskOf({ name }: Playbook, given: Readonly<Record<string, string>>): Task {
  const { properties } = parametersOf(name);
  const fields = Object.entries(given).flatMap(([field, text]) => {
    const schema = properties[field];
    return schema === undefined || text === '' ? [] : [[field, givenValue(field, schema, text)]];
  });
  const parsed = Task.safeParse({ playbook: name, ...Object.fromEntries(fields) });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
  throw new DivisionError(
    'INPUT_INVALID',
    problems.slice(0, 6).join('; '),
    `gm://playbooks/${name} has the parameters of ${name}`,
  );
}

export const namesIn = (text: string): string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');

function givenValue(field: string, schema: ParameterSchema, text: string): unknown {
  if (field === 'applications') return namesIn(text).map(applicationOf);
  if (isList(schema)) return namesIn(text);
  if (isJson(field, schema)) return parsedJson(field, text);
  if (schema.type === 'string') return text;
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function applicationOf(text: string): Record<string, string> {
  const [first = '', second] = text.split('/', 2);
  return second === undefined
    ? { name: first, manifests: MANIFESTS_HERE }
    : { namespace: first, name: second, manifests: MANIFESTS_HERE };
}

function parsedJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DivisionError('INPUT_INVALID', `${field}: expected JSON`, `gm://playbooks has what each field takes`);
  }
}
