import { notSimulated, TalosctlFailure } from './failure.ts';

interface Line {
  indent: number;
  text: string;
  raw: string;
}

const isBlank = (text: string): boolean => /^\s*(#.*)?$/.test(text);

const COMMENTED: readonly RegExp[] = [
  /^("(?:[^"\\]|\\.)*")(?:\s+#.*)?$/,
  /^('(?:[^']|'')*')(?:\s+#.*)?$/,
  /^([[{].*[\]}])(?:\s+#.*)?$/,
  /^(?!["'[{])(.*?)(?:\s+#.*)?$/,
];

/** The text before a comment; quotes and brackets hide its sign. */
function withoutComment(text: string): string {
  for (const pattern of COMMENTED) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found.trimEnd();
  }
  return text.trimEnd();
}

/** The documents of a YAML text, in the part of YAML machine configurations are written in. Throws when it is another. */
export function readYaml(text: string): unknown[] {
  const documents = text.split(/^---(?:[ \t].*)?$/m).filter(part => part.split('\n').some(line => !isBlank(line)));
  return documents.map(part => {
    const lines = part.split('\n').map(raw => ({ indent: raw.length - raw.trimStart().length, text: raw.trim(), raw }));
    const reader = { lines: lines.filter(line => !isBlank(line.raw) || line.raw === ''), at: 0 };
    const value = readBlock(reader, 0);
    if (skipBlank(reader) !== undefined) throw bad(reader.lines[reader.at]);
    return value;
  });
}

interface Reader {
  lines: Line[];
  at: number;
}

const bad = (line: Line | undefined): TalosctlFailure =>
  new TalosctlFailure(`yaml: could not parse ${JSON.stringify(line?.text ?? '')}`);

function skipBlank(reader: Reader): Line | undefined {
  while (reader.lines[reader.at]?.text === '') reader.at += 1;
  return reader.lines[reader.at];
}

function readBlock(reader: Reader, least: number): unknown {
  const first = skipBlank(reader);
  if (first === undefined || first.indent < least) return null;
  if (first.text.startsWith('- ') || first.text === '-') return readList(reader, first.indent);
  if (keyOf(first.text) !== undefined) return readMap(reader, first.indent);
  reader.at += 1;
  return scalar(withoutComment(first.text));
}

function keyOf(text: string): { key: string; rest: string } | undefined {
  const match = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#[\]{},&*!|>%@`-][^#]*?|-[^\s#][^#]*?):(?:\s+(.*)|)$/.exec(text);
  if (match === null) return undefined;
  return { key: String(scalar(match[1] ?? '')), rest: withoutComment(match[2] ?? '') };
}

function readMap(reader: Reader, indent: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (let line = skipBlank(reader); line !== undefined && line.indent === indent; line = skipBlank(reader)) {
    const found = keyOf(line.text);
    if (found === undefined) throw bad(line);
    reader.at += 1;
    map[found.key] = readValue(reader, found.rest, indent);
  }
  return map;
}

function readValue(reader: Reader, rest: string, indent: number): unknown {
  if (/^[|>][-+]?$/.test(rest)) return readText(reader, indent, rest);
  if (/^[&*!]/.test(rest)) throw notSimulated(`YAML anchors, aliases and tags (${rest})`);
  if (rest !== '') return scalar(rest);
  const next = skipBlank(reader);
  const isListHere = next !== undefined && next.indent === indent && /^-( |$)/.test(next.text);
  return readBlock(reader, isListHere ? indent : indent + 1);
}

function readList(reader: Reader, indent: number): unknown[] {
  const list: unknown[] = [];
  for (let line = skipBlank(reader); line !== undefined && line.indent === indent; line = skipBlank(reader)) {
    if (!/^-( |$)/.test(line.text)) break;
    const inner = line.text.slice(1).trimStart();
    const innerIndent = indent + (line.text.length - inner.length);
    if (inner === '') {
      reader.at += 1;
      list.push(readBlock(reader, indent + 1));
    } else if (keyOf(inner) !== undefined || inner.startsWith('- ')) {
      reader.lines[reader.at] = { ...line, indent: innerIndent, text: inner };
      list.push(readBlock(reader, innerIndent));
    } else {
      reader.at += 1;
      list.push(readValue(reader, withoutComment(inner), indent));
    }
  }
  return list;
}

/** A literal (|) or folded (>) text. */
function readText(reader: Reader, indent: number, style: string): string {
  const lines: string[] = [];
  const first = reader.lines[reader.at];
  const inner = first?.text === '' ? skipBlank(reader)?.indent : first?.indent;
  if (inner === undefined || inner <= indent) return '';
  for (let line = reader.lines[reader.at]; line !== undefined; line = reader.lines[reader.at]) {
    if (line.text !== '' && line.indent < inner) break;
    lines.push(line.raw.slice(inner));
    reader.at += 1;
  }
  const text = lines.join(style.startsWith('|') ? '\n' : ' ').trimEnd();
  return style.endsWith('-') ? text : `${text}\n`;
}

/** A plain, quoted or bracketed value. */
function scalar(text: string): unknown {
  if (text.startsWith('[') || text.startsWith('{')) return flow(text);
  if (/^".*"$/.test(text)) return JSON.parse(text) as string;
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^(null|~|)$/i.test(text)) return null;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function flow(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const inner = /^\[([^[\]{}]*)\]$/.exec(text)?.[1];
    if (inner === undefined) throw notSimulated(`YAML in flow style other than plain lists (${text})`);
    return inner
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '')
      .map(scalar);
  }
}
