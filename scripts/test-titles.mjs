// Reads the titles of tests out of their source, without running it.

const CLOSES = { '(': ')', '[': ']', '{': '}' };
const REGEX_COMES_AFTER = /[([{,;=:!&|?+\-*%<>~^]$|\b(?:return|typeof|case|in|of)$|=>$/;

/** Ledger ids of a title, ranges spelled out: "R57 to R59", "R126–R128", "R1, D3 and R5". */
export function idsIn(title) {
  const ids = new Set();
  for (const [, letter, from, to] of title.matchAll(/\b([RD])(\d{1,3})\s*(?:to|through|-|–|—)\s*\1(\d{1,3})\b/g)) {
    for (let number = Number(from); number <= Number(to); number += 1) ids.add(`${letter}${number}`);
  }
  for (const [id] of title.matchAll(/\b[RD]\d{1,3}\b/g)) ids.add(id);
  return [...ids];
}

/** Titles of the source's tests and suites; of one that goes through a table also the table's texts that begin with an id. */
export function titlesOf(source) {
  const tokens = tokensOf(source);
  const names = new Set(['it', 'test', 'describe']);
  for (const [, alias] of source.matchAll(/\b(?:it|test) as (\w+)/g)) names.add(alias);
  const titles = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const before = tokens[index - 1]?.text;
    if (tokens[index].kind !== 'word' || !names.has(tokens[index].text) || before === '.') continue;
    const call = callAt(tokens, index + 1);
    if (call === undefined || call.modifiers.some(modifier => modifier === 'skip' || modifier === 'todo')) continue;
    titles.push(call.title);
    if (/[%$]/.test(call.title)) titles.push(...tableTexts(tokens, call.table));
  }
  return titles;
}

/** What follows a test's name: `.each(TABLE)('title', …)`. Undefined where no title stands. */
function callAt(tokens, start) {
  const modifiers = [];
  let table = [];
  let at = start;
  while (at < tokens.length) {
    const { kind, text } = tokens[at];
    if (text === '.') {
      modifiers.push(tokens[at + 1]?.text);
      at += 2;
    } else if (text === '<') {
      while (at < tokens.length && tokens[at].text !== '(') at += 1;
    } else if (kind === 'template') {
      at += 1;
    } else if (text === '(') {
      const first = tokens[at + 1];
      if (first?.kind === 'string' || first?.kind === 'template') return { title: first.text, modifiers, table };
      const end = closing(tokens, at);
      table = tokens.slice(at + 1, end);
      at = end + 1;
    } else {
      return undefined;
    }
  }
  return undefined;
}

/** Where the bracket at `open` closes. */
function closing(tokens, open) {
  const expected = [];
  for (let at = open; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at];
    if (kind !== 'punctuation') continue;
    if (text in CLOSES) expected.push(CLOSES[text]);
    else if (text === expected.at(-1)) expected.pop();
    if (expected.length === 0) return at;
  }
  return tokens.length;
}

/** Texts of a table that begin with an id, also of one that has a name in the same file. */
function tableTexts(tokens, table) {
  const [named] = table;
  const literal = named?.kind === 'word' ? constantOf(tokens, named.text) : table;
  return literal.filter(({ kind, text }) => kind === 'string' && /^[RD]\d{1,3}\b/.test(text)).map(({ text }) => text);
}

function constantOf(tokens, name) {
  const at = tokens.findIndex(({ text }, index) => text === name && tokens[index - 1]?.text === 'const');
  if (at === -1) return [];
  const equals = tokens.findIndex(({ text }, index) => index > at && text === '=');
  return equals === -1 ? [] : tokens.slice(equals + 1, closing(tokens, equals + 1));
}

/** Words, texts and punctuation; comments and regular expressions are left out. */
function tokensOf(source) {
  const tokens = [];
  for (let at = 0; at < source.length; ) {
    const { token, length } = nextOf(source, at, tokens.at(-1));
    if (token) tokens.push(token);
    at += length;
  }
  return tokens;
}

/** What begins at `at`; without a token for what says nothing. */
function nextOf(source, at, before) {
  const character = source[at];
  if (character === "'" || character === '"') {
    const length = textLength(source, at, character);
    const text = source.slice(at + 1, at + length - 1).replaceAll(/\\(.)/g, '$1');
    return { token: { kind: 'string', text }, length };
  }
  if (character === '`') {
    const length = templateLength(source, at);
    return { token: { kind: 'template', text: source.slice(at + 1, at + length - 1) }, length };
  }
  if (character === '/') {
    const length =
      commentLength(source, at) ?? (REGEX_COMES_AFTER.test(before?.text ?? '(') ? regexLength(source, at) : 1);
    return { length };
  }
  const [word] = /^[\w$]+/.exec(source.slice(at, at + 200)) ?? [];
  if (word) return { token: { kind: 'word', text: word }, length: word.length };
  return /\s/.test(character) ? { length: 1 } : { token: { kind: 'punctuation', text: character }, length: 1 };
}

/** Undefined where none begins. */
function commentLength(source, start) {
  const end = source[start + 1] === '/' ? '\n' : source[start + 1] === '*' ? '*/' : undefined;
  if (end === undefined) return undefined;
  const found = source.indexOf(end, start + 2);
  return (found === -1 ? source.length : found + end.length) - start;
}

function textLength(source, start, quote) {
  let at = start + 1;
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1;
  return at + 1 - start;
}

/** With what stands in its `${…}`, which may hold further templates. */
function templateLength(source, start) {
  let at = start + 1;
  let depth = 0;
  while (at < source.length) {
    if (source[at] === '\\') at += 1;
    else if (depth === 0 && source[at] === '`') break;
    else if (source.startsWith('${', at)) {
      depth += 1;
      at += 1;
    } else if (depth > 0 && source[at] === '{') depth += 1;
    else if (depth > 0 && source[at] === '}') depth -= 1;
    else if (depth > 0 && source[at] === '`') at += templateLength(source, at) - 1;
    at += 1;
  }
  return at + 1 - start;
}

function regexLength(source, start) {
  let at = start + 1;
  let isClass = false;
  while (at < source.length && (isClass || source[at] !== '/') && source[at] !== '\n') {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '[') isClass = true;
    else if (source[at] === ']') isClass = false;
    at += 1;
  }
  return at + 1 - start;
}
