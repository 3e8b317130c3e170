import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the fake does for a command. It stays alive until the file `until` exists (two minutes at most), then prints and exits. */
export interface FakeAnswer {
  out?: string;
  err?: string;
  code?: number;
  until?: string;
  /** Killed -9 before it prints anything: by itself, or with its whole process group. */
  dies?: 'alone' | 'group';
  /** Writes a snapshot of this many pages to its last positional argument; `torn`, `altered`, `misstated` are wrong ones. */
  snapshot?: { pages: number; flaw?: 'torn' | 'altered' | 'misstated' };
}

export interface FakeTalosctl {
  folder: string;
  /** Absolute path of the executable. */
  path: string;
  env: NodeJS.ProcessEnv;
  /** Argument lists of every call so far, in order. */
  calls(): Promise<string[][]>;
  callsOf(command: string): Promise<string[][]>;
  answer(answers: Record<string, FakeAnswer>): Promise<void>;
}

/** Picks the answer with the longest key that begins the command line. */
const SCRIPT = `#!${process.execPath}
const fs = require('node:fs');
const { createHash, randomBytes } = require('node:crypto');
const folder = __dirname;
const argv = process.argv.slice(2);
fs.appendFileSync(folder + '/calls.ndjson', JSON.stringify(argv) + '\\n');
const answers = JSON.parse(fs.readFileSync(folder + '/answers.json', 'utf8'));
const line = argv.join(' ');
const key = Object.keys(answers).filter(k => line.startsWith(k)).sort((a, b) => b.length - a.length)[0];
const answer = key === undefined ? { err: 'Error: unknown command "' + line + '" for "talosctl"\\n', code: 1 } : answers[key];
if (answer.dies) process.kill(answer.dies === 'group' ? 0 : process.pid, 'SIGKILL');
if (answer.snapshot) {
  const path = argv[2];
  const { pages, flaw } = answer.snapshot;
  const body = randomBytes(512 * pages);
  const seal = createHash('sha256').update(body).digest();
  if (flaw === 'altered') body[0] ^= 1;
  const bytes = flaw === 'torn' ? body : Buffer.concat([body, seal]);
  fs.writeFileSync(path, bytes, { mode: 0o644 });
  const said = bytes.length + (flaw === 'misstated' ? 512 : 0);
  answer.out = 'etcd snapshot saved to "' + path + '" (' + said + ' bytes)\\nsnapshot info: hash c25fd181, revision 4193, total keys 1287, total size 3035136\\n';
}
function end() {
  if (answer.out) fs.writeSync(1, answer.out);
  if (answer.err) fs.writeSync(2, answer.err);
  process.exit(answer.code ?? 0);
}
const longest = Date.now() + 120_000;
function look() {
  if (!answer.until || fs.existsSync(answer.until) || Date.now() > longest) end();
  else setTimeout(look, 10);
}
look();
`;

/** A folder with an executable `talosctl` that prints what it is told to and writes down how it was called. */
export async function fakeTalosctl(answers: Record<string, FakeAnswer> = {}): Promise<FakeTalosctl> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-talosctl-'));
  const path = join(folder, 'talosctl');
  await writeFile(path, SCRIPT);
  await chmod(path, 0o755);
  const answer = (given: Record<string, FakeAnswer>) => writeFile(join(folder, 'answers.json'), JSON.stringify(given));
  await answer(answers);
  const calls = async (): Promise<string[][]> => {
    const lines = await readFile(join(folder, 'calls.ndjson'), 'utf8').catch(() => '');
    return lines
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as string[]);
  };
  return {
    folder,
    path,
    env: { HOME: folder, PATH: `${folder}:/usr/bin:/bin` },
    calls,
    callsOf: async command => (await calls()).filter(argv => argv.join(' ').startsWith(command)),
    answer,
  };
}
