const REDACTED = '[redacted]';

/** Keys of talosconfig, kubeconfig and machine config whose values are secrets. */
const SECRET_FIELD =
  /(["']?\b(?:ca|crt|cert|key|token|secret|password|trustdinfo|(?:client|certificate)[\w-]*-data|aescbcencryptionsecret|secretboxencryptionsecret|bootstraptoken)["']?\s*[:=]\s*)(["']?)[^\s"',}]{12,}\2/gi;
const PEM_BLOCK = /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
/** kubeadm's and trustd's form: six characters, a dot, sixteen. */
const JOIN_TOKEN = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;
const LONG_BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;

/** Random bytes in base64 mix cases and digits; schematic ids, digests and paths do not. */
function looksLikeKey(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /[0-9]/.test(run);
}

/** Text without PEM blocks, keys, tokens and other credentials. Linear in the text's length. */
export function redact(text: string): string {
  return text
    .replace(PEM_BLOCK, REDACTED)
    .replace(JSON_WEB_TOKEN, REDACTED)
    .replace(BEARER, `$1 ${REDACTED}`)
    .replace(SECRET_FIELD, `$1${REDACTED}`)
    .replace(JOIN_TOKEN, REDACTED)
    .replace(LONG_BASE64, run => (looksLikeKey(run) ? REDACTED : run));
}
