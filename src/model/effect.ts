import * as z from 'zod';
import { attempt, machineEffects, node } from './machine-effects.ts';
import { workloadEffects } from './workload-effects.ts';

/** Everything an operation can do to a cluster. One member, one file in operations/effects/. */
export const Effect = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hold_lease'),
    cluster: z.string(),
    /** A holder that a human resolved to be gone for good: taken over from it, and from nobody else (SAFETY 6). */
    instead_of: z.string().optional(),
  }),
  z.object({ kind: z.literal('release_lease'), cluster: z.string() }),
  z.object({
    kind: z.literal('snapshot'),
    ...node,
    address: z.string(),
    endpoints: z.array(z.string()),
    path: z.string(),
  }),
  z.object({ kind: z.literal('forfeit'), ...node, address: z.string(), endpoints: z.array(z.string()) }),
  z.object({
    kind: z.literal('cordon'),
    ...node,
    resource_version: z.string(),
    prior_unschedulable: z.boolean(),
  }),
  z.object({
    kind: z.literal('evict'),
    ...node,
    pods: z.array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        uid: z.string(),
        /** Who will make its replacement. */
        controller_uid: z.string().optional(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('install'),
    ...node,
    ...attempt,
    image: z.string(),
    /** True when this one dispatch also reboots (Talos' legacy upgrade call). */
    reboots: z.boolean(),
  }),
  z.object({ kind: z.literal('reboot'), ...node, ...attempt }),
  z.object({ kind: z.literal('uncordon'), ...node }),
  ...machineEffects,
  ...workloadEffects,
]);
export type Effect = z.infer<typeof Effect>;
export type EffectKind = Effect['kind'];
