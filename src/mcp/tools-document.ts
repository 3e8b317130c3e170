import { hintsByImpact } from './boundary.ts';
import type { Tool } from './define-tool.ts';
import { listedJsonSchema } from './listed-schema.ts';

/** A JSON value as a reader writes it. */
const word = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function typeOf(schema: Record<string, unknown>): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(value => `\`${word(value)}\``).join(', ');
  const items = schema.items;
  if (schema.type === 'array' && isRecord(items)) return `list of ${typeOf(items)}`;
  const range = [
    schema.minimum === undefined ? '' : `from ${word(schema.minimum)}`,
    schema.maximum === undefined ? '' : `to ${word(schema.maximum)}`,
  ];
  return [word(schema.type ?? 'any'), ...range].filter(Boolean).join(' ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function argumentRows<Context>(tool: Tool<Context>): string[] {
  const { properties, required } = listedJsonSchema(tool.input, 'input');
  if (!isRecord(properties) || Object.keys(properties).length === 0) return ['No arguments.'];
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name);
  const rows = Object.entries(properties).flatMap(([name, schema]) => {
    if (!isRecord(schema)) return [];
    const byDefault = schema.default === undefined ? '' : `, default ${word(schema.default)}`;
    const need = isRequired(name) ? 'required' : `optional${byDefault}`;
    return [`| \`${name}\` | ${cell(typeOf(schema))} | ${need} | ${cell(word(schema.description ?? ''))} |`];
  });
  return ['| argument | type | | |', '|---|---|---|---|', ...rows];
}

const listedFor = <Context>({ listedFor: roles }: Tool<Context>): string =>
  roles === undefined ? '' : ` Listed for ${roles.join(' and ')} only.`;

function section<Context>(tool: Tool<Context>): string {
  const hints = Object.entries(hintsByImpact[tool.impact])
    .filter(([, isSet]) => isSet)
    .map(([hint]) => hint.replace('Hint', ''));
  return [
    `## ${tool.name}`,
    '',
    tool.description,
    '',
    `Impact: **${tool.impact}** (${hints.length === 0 ? 'no hint set' : hints.join(', ')}).${listedFor(tool)}`,
    '',
    ...argumentRows(tool),
    '',
  ].join('\n');
}

/** docs/tools.md, from the registry: what each tool takes and how far it reaches. */
export function renderToolsDocument<Context>(tools: readonly Tool<Context>[]): string {
  return ['# Tools', '', 'Generated from the tool registry; a test keeps it so.', '', ...tools.map(section)].join('\n');
}
