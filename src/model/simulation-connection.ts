import * as z from 'zod';

/** connection.json: what the simulation process says about itself to whoever rehearses on it. */
export const SimulationConnection = z.looseObject({
  simulated: z.literal(true),
  pid: z.number(),
  control: z.url(),
  kubeconfig: z.string(),
  talosconfig: z.string(),
  path: z.string(),
  clock: z.object({ wall_ms: z.number(), cluster_ms: z.number(), speed: z.number() }),
  clusters: z.record(
    z.string(),
    z.looseObject({
      context: z.string(),
      talos_context: z.string(),
      servers: z.array(z.string()),
      vip: z.string(),
      endpoints: z.array(z.string()),
      environment: z.enum(['staging', 'production']),
      installer: z.string(),
    }),
  ),
});
export type SimulationConnection = z.infer<typeof SimulationConnection>;
