import { DivisionError } from '../errors.ts';
import type { FrontEnd } from '../ports.ts';
import type { Impact } from './define-tool.ts';

/**
 * A viewer observes; everybody else may ask for anything, and authority decides where effects happen (CONTRACT, Principals).
 * Throws AUTHORITY_REFUSED.
 */
export function admitPrincipal(principal: FrontEnd['principal'], tool: { name: string; impact: Impact }): void {
  if (principal !== 'viewer' || tool.impact === 'observe') return;
  throw new DivisionError(
    'AUTHORITY_REFUSED',
    `principal viewer may only observe; the impact of ${tool.name} is "${tool.impact}"`,
    'a person may start this server with GM_PRINCIPAL=operator, coo or cortex-prime',
  );
}
