/** Reads a prompt's steps back: the ids they have in a plan, in order, each with its gate. */

export interface ReadStep {
  id: string;
  gate: string;
}

const HEADING = /^\[(?<number>\d+)\] (?:[^:]+, )?for (?<targets>[^:]+):(?: as in \[(?<before>\d+)\])?$/;
const STEP = /^- (?<name>[^:]+):.* gate: (?<gate>.+)$/;

const idOf = (target: string, name: string): string => (target === 'the division' ? name : `${target}/${name}`);

/** Up to the first line that is neither a heading nor a step. */
export function toldSteps(prompt: string): ReadStep[] {
  const lines = prompt.split('\n');
  const first = lines.findIndex(line => line.startsWith('Steps of the plan'));
  const sections: { number: string; targets: string[]; steps: ReadStep[] }[] = [];
  for (const line of lines.slice(first + 1)) {
    const [heading, step] = [HEADING.exec(line)?.groups, STEP.exec(line)?.groups];
    if (step) sections.at(-1)?.steps.push({ id: step.name ?? '', gate: step.gate ?? '' });
    else if (heading) {
      const told = sections.find(({ number }) => number === heading.before);
      const targets = (heading.targets ?? '').split(', ');
      sections.push({ number: heading.number ?? '', targets, steps: [...(told?.steps ?? [])] });
    } else break;
  }
  return sections.flatMap(({ targets, steps }) =>
    targets.flatMap(target => steps.map(({ id, gate }) => ({ id: idOf(target, id), gate }))),
  );
}
