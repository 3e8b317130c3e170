import { TalosctlError } from './errors.ts';

/** Major, minor and patch of a tag like v1.13.9; a pre-release counts as its release. Throws for any other text. */
function numbersOf(tag: string): readonly [number, number, number] {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+]|$)/.exec(tag) ?? [];
  if (major === undefined || minor === undefined || patch === undefined)
    throw new TalosctlError('unintelligible', `${tag.slice(0, 80)} is not a version of Talos`);
  return [Number(major), Number(minor), Number(patch)];
}

/** Whether a tag is the given release or a later one. */
export function isAtLeast(tag: string, release: string): boolean {
  const given = numbersOf(tag);
  const wanted = numbersOf(release);
  const difference = given.map((part, index) => part - (wanted[index] ?? 0)).find(part => part !== 0) ?? 0;
  return difference >= 0;
}
