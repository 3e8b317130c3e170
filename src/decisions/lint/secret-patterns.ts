/**
 * What looks like a secret in plain configuration. Names count only with a value that could be one; certificates are public. Narrower
 * than the redaction of logs, which rather takes too much: what is found here keeps a deployment back.
 */
const SECRET_NAME =
  /(?:^|[._-]|[a-z](?=[A-Z]))(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[._-]?key|access[._-]?key|secret[._-]?key|private[._-]?key|encryption[._-]?key|account[._-]?key|signing[._-]?key|client[._-]?secret|connection[._-]?string|dsn)$/i;

/** Where the secret comes from, instead of the secret: a reference, a file, a placeholder, a switch. */
const NOT_A_VALUE: readonly RegExp[] = [
  /^\s*$/,
  /^(?:true|false|yes|no|on|off|null|none|nil|undefined|optional|required|enabled|disabled)$/i,
  /^\$\{?[\w.:-]+\}?$/,
  /^\$\([\w.-]+\)$/,
  /^\{\{.*\}\}$/,
  /^<[^<>]*>$/,
  /^%\(?[\w.]+\)?s?%?$/,
  /^(?:file|vault|env|secretref|ref|arn|projects|op):/i,
  /^(?:\/[a-z0-9_.-]+){2,}$/,
  /^\*+$|^x{3,}$/i,
];

const SURE_VALUES: readonly RegExp[] = [
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bAIza[\w-]{35}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\bgithub_pat_\w{20,}/,
  /\bglpat-[\w-]{16,}/,
  /\bxox[abeoprs]-[\w-]{10,}/,
  /\bnpm_[A-Za-z0-9]{30,}/,
  /\bsk-(?:[a-z]+-)?[A-Za-z0-9]{20,}/,
  /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.-])/,
];

const URL_PASSWORD = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']*:([^\s/@"']{1,512})@/gi;
const ASSIGNMENT = /^[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?["']?([\w.-]{1,128})["']?[ \t]*[:=][ \t]*(.{0,4096}?)[ \t]*,?$/;

const unquoted = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/s, '$2');
const isValue = (text: string): boolean => !NOT_A_VALUE.some(pattern => pattern.test(unquoted(text)));

/** True when a setting of this name with this value is a secret. */
export const isSecretSetting = (name: string, value: string): boolean => SECRET_NAME.test(name) && isValue(value);

/** True when a text is a secret by its form alone, or holds one: a private key, a known token, a password in a URL. */
export function isSecretText(text: string): boolean {
  if (SURE_VALUES.some(pattern => pattern.test(text))) return true;
  return [...text.matchAll(URL_PASSWORD)].some(([, password = '']) => isValue(password));
}

/** Lines, from 1, of a settings file (properties, env, YAML, JSON, INI) that set a secret. */
export function secretLines(text: string): number[] {
  return text.split('\n').flatMap((line, index) => {
    const [, name = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
    return name !== '' && isSecretSetting(name, value) ? [index + 1] : [];
  });
}
