import type { EffectKind } from './effect.ts';

const MINT = Symbol('mint');

/** What an authorization was derived from; safe to record, worthless as a key. */
export interface AuthorizationGrounds {
  planHash: string;
  operationId: string;
  cluster: string;
  effects: readonly EffectKind[];
  level: 'autonomous' | 'coo' | 'cortex-prime';
  rule: string;
}

/**
 * The right to perform the named effects on one cluster for one plan. Only `decisions/authority` mints it (a test
 * enforces who imports `mintAuthorization`); the #private brand keeps look-alikes out, and it refuses to be serialised,
 * so a resumed operation derives it again instead of remembering it.
 */
export class Authorization {
  readonly #grounds: AuthorizationGrounds;

  constructor(key: typeof MINT, grounds: AuthorizationGrounds) {
    if (key !== MINT) throw new TypeError('an Authorization is made by decisions/authority only');
    this.#grounds = Object.freeze({ ...grounds, effects: Object.freeze([...grounds.effects]) });
  }

  get grounds(): AuthorizationGrounds {
    return this.#grounds;
  }

  permits(effect: EffectKind, cluster: string): boolean {
    return this.#grounds.cluster === cluster && this.#grounds.effects.includes(effect);
  }

  toJSON(): never {
    throw new TypeError('an Authorization is never serialised');
  }
}

export function mintAuthorization(grounds: AuthorizationGrounds): Authorization {
  return new Authorization(MINT, grounds);
}
