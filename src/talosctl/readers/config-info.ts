import { unintelligible } from '../errors.ts';

export interface ConfigInfoReading {
  context: string;
  endpoints: string[];
  nodes: string[];
  roles: string[];
  /** Day the client certificate expires, YYYY-MM-DD in UTC. */
  certificateExpires: string | undefined;
}

const WHAT = 'the answer of talosctl config info';

function valuesOf(text: string): Map<string, string> {
  const lines = [...text.matchAll(/^([A-Z][A-Za-z ]*):[ \t]*(.*)$/gm)];
  return new Map(lines.map(([, key, value]) => [key ?? '', (value ?? '').trim()]));
}

function listOf(text: string | undefined): string[] {
  return text === undefined || text === 'not defined' ? [] : text.split(',').map(item => item.trim());
}

/** Reads `talosctl config info`; its certificate line is relative text with the day in parentheses. */
export function readConfigInfo(text: string): ConfigInfoReading {
  const values = valuesOf(text);
  const context = values.get('Current context');
  if (context === undefined || context === '' || !values.has('Endpoints')) unintelligible(WHAT, text);
  const expires = values.get('Certificate expires');
  const day = expires === undefined ? undefined : /\((\d{4}-\d{2}-\d{2})\)/.exec(expires)?.[1];
  if (expires !== undefined && day === undefined) unintelligible(`the certificate in ${WHAT}`, expires);
  return {
    context,
    endpoints: listOf(values.get('Endpoints')),
    nodes: listOf(values.get('Nodes')),
    roles: listOf(values.get('Roles')),
    certificateExpires: day,
  };
}
