import type { BuildOptions, Plugin } from 'esbuild';

export declare function finishedLists(shared: BuildOptions): Promise<Plugin>;
