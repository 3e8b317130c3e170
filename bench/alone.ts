/** `alone.ts NAME`, forked: one bench in a process that has measured nothing else, its rows sent to the one that asked. */
import { benches } from './benches.ts';

const rows = await benches[process.argv[2] ?? '']?.();
process.send?.(rows, () => process.disconnect());
