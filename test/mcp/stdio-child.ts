/** A server process for stdio.test.ts: one running operation, then serves until its host goes. */
import { serveOnStdio } from '../../src/mcp/stdio.ts';
import { aFront, aPlan, HASH, served } from './front-fixture.ts';

const fixture = await aFront();
await fixture.record(aPlan(), { kind: 'queued', plan_hash: HASH, requested_by: 'operator' }, { kind: 'started' });
await serveOnStdio(served(fixture.front));
await fixture.close();
process.stderr.write('served\n');
