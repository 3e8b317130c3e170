import { hash as digest } from 'node:crypto';

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** A small seeded generator (mulberry32) whose whole state is one number, so that it can be saved. */
export class SeededRandom {
  #state: number;

  constructor(state: number) {
    this.#state = state >>> 0;
  }

  get state(): number {
    return this.#state;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      const word = Math.floor(this.next() * 2 ** 32);
      text += (BYTES[word >>> 24] ?? '') + (BYTES[(word >>> 16) & 255] ?? '');
      text += (BYTES[(word >>> 8) & 255] ?? '') + (BYTES[word & 255] ?? '');
    }
    return text.slice(0, digits);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const digits = this.hex(32);
    const variant = '89ab'[this.between(0, 3)] ?? '8';
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
  }

  /** The alphabet Kubernetes draws its name suffixes from (no vowels, no look-alikes). */
  suffix(length: number): string {
    const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
    let text = '';
    while (text.length < length) text += alphabet[this.between(0, alphabet.length - 1)] ?? '';
    return text;
  }
}

/** A number in [0, 1) fixed by the text, whatever was drawn before: for durations that must not depend on order. */
export function fractionOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A number from `least` to `most` fixed by the text. */
export const spreadOf = (text: string, least: number, most: number): number =>
  Math.round(least + fractionOf(text) * (most - least));

export const sha256Hex = (text: string): string => digest('sha256', text);
