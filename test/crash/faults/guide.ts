/** docs/faults.md, from what the scenarios say. */
import { scenarios, shownElsewhere } from './table.ts';

const HEAD = `# Faults

What the general manager does when something goes wrong under an upgrade, and what you do. Each line is rehearsed on the simulated fleet; the codes are those of
[the runbook](operations.md). Whatever happens: at most one install and one reboot in a boot, no budget violated, one control plane node down at a time, no quorum lost by us,
nobody else’s cordon lifted. A node that stays cordoned is named, with the command that ends it; every command is \`control_operation\`'s.

| fault | what happens | what to do |
| --- | --- | --- |
`;

/** Names of faults in the order of their kind, one row each. */
export function faultsDocument(kinds: readonly string[]): string {
  const guided = [...scenarios, ...shownElsewhere];
  const rows = kinds.map(kind => {
    const guide = guided.find(({ fault, guide: said }) => fault === kind && said !== undefined)?.guide;
    if (guide === undefined) throw new Error(`nothing is said about ${kind}`);
    return `| \`${kind}\` | ${guide.happens} | ${guide.remedy} |`;
  });
  return `${HEAD}${rows.join('\n')}\n`;
}
