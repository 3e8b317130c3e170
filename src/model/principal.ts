import * as z from 'zod';

/** Who is at the other end, from least to most (CONTRACT, Principals). */
export const Role = z.enum(['viewer', 'operator', 'coo', 'cortex-prime']);
export type Role = z.infer<typeof Role>;
