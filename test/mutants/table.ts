import type { Judgement } from './judge.ts';

export type Result = Judgement & { id: string; rule: string; breaks: string; seconds: number };

function noticedBy(result: Result): string {
  switch (result.verdict) {
    case 'caught':
      return `${result.file} › ${result.title}`;
    case 'survived':
      return 'SURVIVED: nothing noticed';
    case 'error':
      return `ERROR: ${result.why}`;
  }
}

/** A line a mutant, in columns, and one that counts them. */
export function table(results: readonly Result[], seconds: number): string[] {
  const rows = [
    ['rule', 'what is broken', 'seconds', 'caught by'],
    ...results.map(result => [result.rule, result.breaks, result.seconds.toFixed(1), noticedBy(result)]),
  ];
  const widthOf = (column: number): number => Math.max(...rows.map(row => row[column]?.length ?? 0));
  const widths = [widthOf(0), widthOf(1), widthOf(2), 0];
  const lines = rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  const caught = results.filter(({ verdict }) => verdict === 'caught').length;
  const rules = new Set(results.map(({ rule }) => rule)).size;
  return [...lines, '', `${caught} of ${results.length} mutants caught, ${rules} rules, ${seconds} s`];
}
