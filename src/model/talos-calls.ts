/** What calls of the first-party Talos contractor have in common (model/talos.ts). */
import * as z from 'zod';

const address = z.string().describe('IP address of one Talos machine');
export const target = {
  context: z.string().describe('talosconfig context'),
  node: address,
  endpoints: z.array(z.string()).describe('control plane addresses to reach the node through, never a VIP'),
};
export const attempt = {
  attempt_id: z.string().describe('the same id is dispatched once, ever'),
  system_uuid: z.string().describe('the machine the attempt is meant for; refused when the node answers with another'),
  boot_id: z.string().describe('the boot the attempt is bound to; one install and one reboot a boot'),
  supersedes: z
    .array(z.string())
    .optional()
    .describe('every attempt of this kind in this boot that was proved not to have been started'),
};

export const TalosTarget = z.strictObject(target);
export const TalosDispatch = z.looseObject({
  attempt_id: z.string(),
  /** running: dispatched now or before; exited: an earlier dispatch of the same id that is over. */
  state: z.enum(['running', 'exited']),
  detail: z.string(),
});
