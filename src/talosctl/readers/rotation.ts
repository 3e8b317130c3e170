import { TalosctlError } from '../errors.ts';

const quotedIn = (list: string): string[] => [...list.matchAll(/"([^"]+)"/g)].map(match => match[1] ?? '');

/** Whose certificates `talosctl rotate-ca --dry-run` would replace. It prints private keys: nothing of it is ever quoted. */
export function readRotation(text: string): { control_plane: string[]; workers: string[] } {
  const nodes = (role: string): string[] => {
    const list = new RegExp(`^ +- ${role} nodes: \\[(.*)\\]$`, 'm').exec(text)?.[1];
    if (list !== undefined) return quotedIn(list);
    throw new TalosctlError('unintelligible', 'talosctl rotate-ca did not tell the nodes of the cluster');
  };
  return { control_plane: nodes('control plane'), workers: nodes('worker') };
}
