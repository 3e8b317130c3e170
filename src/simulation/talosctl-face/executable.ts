import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The program that stands in for talosctl: sends its arguments to the simulation and does what the frames that come
 * back say. CommonJS and without dependencies, because it is written to a file and must start fast.
 */
const PROGRAM = `'use strict';
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { control } = JSON.parse(fs.readFileSync(path.join(__dirname, 'simulation.json'), 'utf8'));
const address = new URL(control);
const fail = detail => {
  fs.writeSync(2, 'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ' + address.host + ': connect: ' + detail + '"\\n');
  process.exit(1);
};
const act = frame => {
  if (frame.out !== undefined) fs.writeSync(1, frame.out);
  else if (frame.err !== undefined) fs.writeSync(2, frame.err);
  else if (frame.file !== undefined) {
    try {
      fs.writeFileSync(path.resolve(frame.file), Buffer.from(frame.base64, 'base64'), { mode: 0o600 });
    } catch (error) {
      fs.writeSync(2, 'error creating ' + frame.file + ': ' + error.message + '\\n');
      process.exit(1);
    }
  } else if (frame.kill !== undefined) process.kill(process.pid, frame.kill);
  else if (frame.exit !== undefined) process.exit(frame.exit);
};
const { TALOSCONFIG } = process.env;
const body = JSON.stringify({ argv: process.argv.slice(2), cwd: process.cwd(), talosconfig: TALOSCONFIG, home: process.env.HOME });
const request = http.request(new URL('/talosctl', address), { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, response => {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', chunk => {
    text += chunk;
    for (let end = text.indexOf('\\n'); end >= 0; end = text.indexOf('\\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      if (line !== '') act(JSON.parse(line));
    }
  });
  response.on('end', () => fail('connection reset by peer'));
  response.on('error', () => fail('connection reset by peer'));
});
request.on('error', () => fail('connection refused'));
request.end(body);
`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The file on the PATH: a shell line, so that a node with blanks in its path works too. */
const launcher = (node: string): string => `#!/bin/sh
node=${quoted(node)}
[ -x "$node" ] || node=node
exec "$node" "\${0%/*}/talosctl.cjs" "$@"
`;

/** Writes an executable `talosctl` into a folder that asks the simulation at this control URL. */
export async function writeTalosctl(folder: string, control: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'simulation.json'), `${JSON.stringify({ control })}\n`);
  await writeFile(join(folder, 'talosctl.cjs'), PROGRAM);
  await writeFile(join(folder, 'talosctl'), launcher(process.execPath));
  await chmod(join(folder, 'talosctl'), 0o755);
}
