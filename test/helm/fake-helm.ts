import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

interface Seen {
  argv: string[];
  values: string;
  environment: Record<string, string>;
}

/**
 * An executable that behaves as `helm template` is documented to (helm.sh/docs/helm/helm_template): manifests on stdout and exit code 0, or
 * `Error: …` on stderr and exit code 1. `body` is JavaScript that has `argv` and `values`, and calls `print` or `fail`.
 */
export function fakeHelm(body: string): { executable: string; directory: string; seen: () => Seen } {
  const directory = mkdtempSync(join(tmpdir(), 'helm-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const executable = join(directory, 'helm');
  const seen = join(directory, 'seen.json');
  writeFileSync(
    executable,
    `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const argv = process.argv.slice(2);
const values = argv.includes('--values=-') ? readFileSync(0, 'utf8') : '';
writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ argv, values, environment: process.env }));
const print = text => process.stdout.write(text);
const fail = text => { process.stderr.write('Error: ' + text + '\\n'); process.exitCode = 1; };
${body}
`,
  );
  chmodSync(executable, 0o755);
  return { executable, directory, seen: () => JSON.parse(readFileSync(seen, 'utf8')) as Seen };
}
