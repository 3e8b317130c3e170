export const REDACTED = '[redacted]';

/** Names whose value is a secret, wherever they end a longer name (AWS_SECRET_ACCESS_KEY, db.password, aescbcEncryptionSecret). */
const SECRET_NAME = [
  'pass(?:word|wd|phrase)',
  'secret',
  'token',
  'api[_-]?key',
  'access[_-]?key(?:[_-]?id)?',
  'private[_-]?key(?:[_-]?id)?',
  'secret[_-]?key',
  'encryption[_-]?key',
  'account[_-]?key',
  'client-(?:key|certificate)-data',
  'certificate-authority-data',
  'credentials?',
  'cookie',
].join('|');
/** kubeconfig's and talosconfig's short names: secret only with encoded data behind them. */
const ENCODED_NAME = 'crt|key|ca|cert';

const QUOTED = `"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?`;
/** A quoted text inside a quoted text. */
const QUOTED_TWICE = `\\\\+"(?:[^"\\\\]|\\\\+[^"\\\\])*\\\\*"?`;
/** A YAML block: all that is indented below the name. */
const BLOCK = '[|>][-+0-9]*[ \\t]*(?:\\n[ \\t]+[^\\n]*)+';

const PEM = /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g;
/** base64 of "-----BEGIN" at each of its three positions in encoded data, with the lines that go on with it. */
const ENCODED_PEM =
  /(?:LS0tLS1CRUdJTi|0tLS0tQkVHSU4|tLS0tLUJFR0lO)[A-Za-z0-9+/_=-]*(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/]+={0,2}(?=[ \t]*(?:\r?\n|$)))*/g;
const JWT = /\beyJ[\w-]{4,512}\.[\w-]+(?:\.[\w-]*)*/g;
const BEARER = /\b(bearer\s+)[\w~+/.=:-]{6,}/gi;
const BASIC = /\b(basic\s+)([A-Za-z0-9+/]{8,}={0,2})/gi;
const AUTHORIZATION = /(authorization\\*["']?[ \t]*[:=][ \t]*\\*["']?)(?:[a-z][\w-]*[ \t]+)?[^\s"',;]{16,}/gi;
const URL_USER = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"'<>]{1,512}@/gi;
const KNOWN_KEYS = new RegExp(
  [
    '\\b(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\\b',
    '\\bAIza[\\w-]{35}',
    '\\bya29\\.[\\w-]{10,}',
    '\\bGOCSPX-[\\w-]{20,}',
    '\\bgh[pousr]_[A-Za-z0-9]{20,}',
    '\\bgithub_pat_\\w{20,}',
    '\\bglpat-[\\w-]{16,}',
    '\\bxox[abeoprs]-[\\w-]{10,}',
    '\\bnpm_[A-Za-z0-9]{30,}',
    '\\bsk-[\\w-]{20,}',
    // Bootstrap token of Kubernetes and Talos: six characters, a dot, sixteen.
    '(?<![\\w.-])[a-z0-9]{6}\\.[a-z0-9]{16}(?![\\w.-])',
  ].join('|'),
  'g',
);
/** A certificate or key in DER. */
const ENCODED_DER = /\bMI[A-Z][A-Za-z0-9+/]{24,}={0,2}|\bMC[A-Za-z0-9+/]{38,}={0,2}/g;
/** From 40 characters on, which a key of 32 bytes in base64 has; below 60 an identifier in camel case looks alike but for digits. */
const LONG_RUN = /[A-Za-z0-9+/_-]{40,}={0,2}/g;
const SURE_RUN_CHARACTERS = 60;

/** A name at the beginning of a line and all that follows on it, as YAML and env files have it. */
const LINE_ASSIGNMENT = new RegExp(
  `^([ \\t]*(?:-[ \\t]+)?(?:export[ \\t]+)?["']?[\\w.-]*(?:${SECRET_NAME})["']?[ \\t]*[:=][ \\t]*)(${BLOCK}|${QUOTED}|\\S[^\\n]*)`,
  'gim',
);
/** `name=value` and `"name": "value"` anywhere, also as JSON inside a JSON string. */
const ASSIGNMENT = new RegExp(
  `((?:${SECRET_NAME})\\\\*["']?[ \\t]*[:=][ \\t]*)(${QUOTED_TWICE}|${QUOTED}|[^\\s"'\\\\]+)`,
  'gi',
);
const ENCODED_ASSIGNMENT = new RegExp(
  `((?<![A-Za-z0-9])(?:${ENCODED_NAME})\\\\*["']?[ \\t]*[:=][ \\t]*(?:\\\\*["'])?(?:[|>][-+]?\\s+)?)([A-Za-z0-9+/_-]{16,}={0,2})`,
  'gi',
);
/** `--token value`: the value is the next word. */
const FLAG = new RegExp(`((?<![\\w-])--?[\\w-]{0,64}?(?:${SECRET_NAME})[ \\t]+)(?!-)("[^"]*"|'[^']*'|\\S+)`, 'gi');

const SECRET_FIELD = new RegExp(`(?:${SECRET_NAME})$`, 'i');
const SECRET_FLAG = new RegExp(`^--?[\\w-]*(?:${SECRET_NAME})$`, 'i');

function isMixedCase(run: string): boolean {
  return /[A-Z]/.test(run) && /[a-z]/.test(run);
}

/** Paths, names and lower-case digests are made of words; encoded data is not. One odd word, as in a temporary path, is let pass. */
function isEncodedData(run: string): boolean {
  if (run.length < SURE_RUN_CHARACTERS && !/[0-9]/.test(run)) return false;
  const oddParts = run.split(/[/_-]+/).filter(part => !/^(?:[A-Z]?[a-z0-9]*|[A-Z]+)$/.test(part));
  return oddParts.length > 1 || (oddParts[0]?.length ?? 0) >= 30;
}

/** Keeps the quotes, so that JSON stays JSON. */
function assigned(_match: string, name: string, value: string): string {
  const quote = /^\\*["']/.exec(value)?.[0] ?? '';
  return `${name}${quote}${REDACTED}${quote}`;
}

/**
 * The text without secrets: PEM blocks (also cut off, also base64), certificate and key data, JWTs, bearer and basic
 * credentials, users in URLs, known key formats, bootstrap tokens, and whatever is assigned to a name that says secret. It would
 * rather take too much than too little; digests in lower-case hex (plan hashes, schematics, sums) stay. Idempotent.
 */
export function redact(text: string): string {
  return text
    .replace(PEM, REDACTED)
    .replace(ENCODED_PEM, REDACTED)
    .replace(LINE_ASSIGNMENT, assigned)
    .replace(URL_USER, `$1${REDACTED}@`)
    .replace(AUTHORIZATION, `$1${REDACTED}`)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(BASIC, (match, scheme, data) => (/[a-z][A-Z]|[0-9=+/]/.test(data) ? `${scheme}${REDACTED}` : match))
    .replace(ASSIGNMENT, assigned)
    .replace(FLAG, assigned)
    .replace(ENCODED_ASSIGNMENT, (match, name, data) => (isMixedCase(data) ? `${name}${REDACTED}` : match))
    .replace(JWT, REDACTED)
    .replace(KNOWN_KEYS, REDACTED)
    .replace(ENCODED_DER, REDACTED)
    .replace(LONG_RUN, run => (isEncodedData(run) ? REDACTED : run));
}

const DEPTH_LIMIT = 8;

function redactError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    ...('code' in error ? { code: redactValue(error.code, depth) } : {}),
    message: redact(error.message),
    ...(error.stack === undefined ? {} : { stack: redact(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: redactValue(error.cause, depth + 1) }),
  };
}

function redactArray(values: readonly unknown[], depth: number): unknown[] {
  return values.map((value, index) => {
    const before = values[index - 1];
    const isFlagValue = typeof value === 'string' && typeof before === 'string' && SECRET_FLAG.test(before);
    return isFlagValue ? REDACTED : redactValue(value, depth + 1);
  });
}

/**
 * A copy of any value without secrets: each text redacted, each text under a name that says secret taken out, errors as plain
 * objects. Deeper than eight levels becomes a mark, so a cycle ends.
 */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_LIMIT) return '[deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return redactArray(value, depth);
  if (value instanceof Date) return value.toISOString();
  const fields = Object.entries(value).map(([name, field]) => {
    const isSecret = typeof field === 'string' && SECRET_FIELD.test(name);
    return [name, isSecret ? REDACTED : redactValue(field, depth + 1)];
  });
  return Object.fromEntries(fields);
}
