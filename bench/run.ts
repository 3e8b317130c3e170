/** `npm run bench -- NAME [--json]`: one measurement, as a ratio to a peer or to the physical limit in the same run. */
const benches: Record<string, () => Promise<Record<string, unknown>>> = {
  'cold-start': async () => (await import('./cold-start.ts')).coldStart(),
  'tools-list': async () => (await import('./tools-list.ts')).toolsList(),
  'journal-append': async () => (await import('./journal-append.ts')).journalAppend(),
  'simulation-day': async () => (await import('./simulation-day.ts')).simulationDay(),
  'simulation-fleet': async () => (await import('./simulation-fleet.ts')).simulationFleet(),
  'simulation-ready': async () => (await import('./simulation-ready.ts')).simulationReady(),
};

const names = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const unknown = names.filter(name => !(name in benches));
if (unknown.length > 0 || names.length === 0) {
  process.stderr.write(`give one of: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
for (const name of names) {
  const figures = await benches[name]?.();
  process.stdout.write(`${JSON.stringify({ bench: name, node: process.version, ...figures })}\n`);
}
