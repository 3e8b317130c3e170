/** A scalar as yaml.v3 writes it: quoted only when it would be read as something else. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z0-9_./][A-Za-z0-9_./@()+ -]*(:[A-Za-z0-9_./@-]+)*$/.test(value) && !value.endsWith(' ');
  const readsAsOther = /^(true|false|null|yes|no|on|off|y|n|[-+.]?\d[\d_]*(\.\d*)?(e[-+]?\d+)?|0x[0-9a-f]+)$/i.test(
    value,
  );
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value);
  return (isPlain && !readsAsOther) || isTime ? value : JSON.stringify(value);
}

/** YAML with the four blanks of indentation talosctl uses. */
export function yaml(value: Record<string, unknown>, depth = 0): string {
  const blanks = ' '.repeat(depth * 4);
  return Object.entries(value)
    .map(([key, member]) => {
      if (Array.isArray(member)) {
        if (member.length === 0) return `${blanks}${key}: []\n`;
        return `${blanks}${key}:\n${member.map(item => listItem(item, depth + 1)).join('')}`;
      }
      if (typeof member === 'object' && member !== null) {
        const record = member as Record<string, unknown>;
        return Object.keys(record).length === 0
          ? `${blanks}${key}: {}\n`
          : `${blanks}${key}:\n${yaml(record, depth + 1)}`;
      }
      if (typeof member === 'string' && member.includes('\n'))
        return `${blanks}${key}: |\n${literal(member, depth + 1)}`;
      return `${blanks}${key}: ${scalar(member)}\n`;
    })
    .join('');
}

/** The lines of a block text. */
const literal = (text: string, depth: number): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `${line === '' ? '' : ' '.repeat(depth * 4)}${line}\n`)
    .join('');

function listItem(item: unknown, depth: number): string {
  const blanks = ' '.repeat(depth * 4);
  if (typeof item !== 'object' || item === null) return `${blanks}- ${scalar(item)}\n`;
  const lines = yaml(item as Record<string, unknown>, 0)
    .trimEnd()
    .split('\n');
  return lines.map((line, index) => `${blanks}${index === 0 ? '- ' : '  '}${line}\n`).join('');
}
