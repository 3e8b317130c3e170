import { DivisionError } from '../errors.ts';
import { isBindable } from './call-arguments.ts';
import type { Binding, Capability, CapabilityAnswers } from './capability-map.ts';
import { profiles } from './fingerprint.ts';
import type { Profile } from './profiles/profile.ts';
import type { ListedTool } from './tool-answer.ts';

/** What of a running contractor a binding depends on. */
interface Offer {
  profile: Profile | undefined;
  tools: ReadonlyMap<string, ListedTool>;
}

/** The profile's binding, when the contractor lists its tool with fitting arguments. */
export function findBinding<C extends Capability>(
  offer: Offer,
  capability: C,
): Binding<CapabilityAnswers[C]> | undefined {
  const bound: Binding<CapabilityAnswers[C]> | undefined = offer.profile?.bindings[capability];
  return bound && isBindable(offer.tools.get(bound.tool), bound.args) ? bound : undefined;
}

/** The same, or CAPABILITY_MISSING naming the contractors that would offer it. */
export function boundCapability<C extends Capability>(
  contractor: string,
  offer: Offer,
  capability: C,
): Binding<CapabilityAnswers[C]> {
  const bound = findBinding(offer, capability);
  if (bound) return bound;
  const title = offer.profile?.title ?? 'a contractor of no known profile';
  const offerers = profiles.filter(profile => profile.bindings[capability] !== undefined).map(profile => profile.title);
  throw new DivisionError(
    'CAPABILITY_MISSING',
    `contractor ${contractor} (${title}) does not offer ${capability}`,
    `Offered by: ${offerers.join(', ')}. Give one an entry in mcp.json and name it in talos.contractor of division.yaml.`,
  );
}
