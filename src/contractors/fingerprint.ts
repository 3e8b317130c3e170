import { a2a } from './profiles/a2a.ts';
import { cbepx } from './profiles/cbepx.ts';
import { nosmoht } from './profiles/nosmoht.ts';
import { own } from './profiles/own.ts';
import type { Profile } from './profiles/profile.ts';
import { ryOps } from './profiles/ry-ops.ts';
import type { ListedTool } from './tool-answer.ts';

export const profiles: readonly Profile[] = [own, ryOps, nosmoht, cbepx, a2a];

/**
 * Which profile fits what the contractor lists. Names collide between programs, so the tool set and the arguments
 * decide and serverInfo only breaks ties (contractors 4.1); undefined when none or, still, several fit.
 */
export function fingerprint(serverName: string, tools: readonly ListedTool[]): Profile | undefined {
  const byName = new Map(tools.map(tool => [tool.name, tool]));
  const fitting = profiles.filter(({ fingerprint: mark }) => {
    const takesArguments = Object.entries(mark.argumentsOf ?? {}).every(([tool, names]) =>
      names.every(name => name in (byName.get(tool)?.properties ?? {})),
    );
    const isCount = mark.toolCount === undefined || mark.toolCount === tools.length;
    return isCount && takesArguments && mark.tools.every(name => byName.has(name));
  });
  if (fitting.length <= 1) return fitting[0];
  const named = fitting.filter(profile => profile.fingerprint.serverNames.includes(serverName));
  return named.length === 1 ? named[0] : undefined;
}
