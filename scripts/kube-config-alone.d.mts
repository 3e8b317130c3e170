import type { Plugin } from 'esbuild';

export declare const kubeConfigAlone: Plugin;
