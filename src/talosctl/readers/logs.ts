import { redact } from '../../redaction/redact.ts';

const MAX_LINE_CHARACTERS = 2000;

/** Lines of `talosctl logs` without the node before each, redacted, the last `tailLines` of them. No line is no log. */
export function readLogs(text: string, node: string, tailLines: number): string[] {
  const prefix = `${node}: `;
  const lines = redact(text)
    .split('\n')
    .filter(line => line.trim() !== '');
  return lines
    .slice(-tailLines)
    .map(line => (line.startsWith(prefix) ? line.slice(prefix.length) : line).slice(0, MAX_LINE_CHARACTERS));
}
