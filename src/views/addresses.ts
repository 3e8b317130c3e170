/** Addresses of what is read as a resource; a plan by its hash as it is shown. */
import { shortHash } from './wording.ts';

export const clusterAddress = (name: string): string => `gm://clusters/${name}`;

export const planAddress = (planHash: string): string => `gm://plans/${shortHash(planHash)}`;
