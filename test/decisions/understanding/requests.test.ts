import { describe, expect, it } from 'vitest';
import { type Understanding, understand } from '../../../src/decisions/understanding.ts';
import type { Expectation, Row } from './expectation.ts';
import { requests } from './requests.ts';
import { world } from './world.ts';

/** In words what is wrong with the outcome; undefined when it is as expected. */
function fault(row: Row): string | undefined {
  const outcome = understand(row.says, row.world ?? world);
  return isAsExpected(outcome, row.expects) ? undefined : `${row.says}\n  → ${JSON.stringify(outcome)}`;
}

function isAsExpected(outcome: Understanding, { task, question, owner, refused }: Expectation): boolean {
  switch (outcome.outcome) {
    case 'task':
      return JSON.stringify(sorted(outcome.task)) === JSON.stringify(sorted(task));
    case 'question': {
      if (question === undefined) return false;
      const values = outcome.candidates.flatMap(each => each.values);
      return (
        question.missing.every(field => outcome.missing.includes(field)) &&
        (question.candidates ?? []).every(value => values.includes(value)) &&
        (question.playbook === undefined || question.playbook === outcome.playbook)
      );
    }
    case 'out_of_scope':
      return outcome.owner === owner;
    case 'refused':
      return refused !== undefined && `${outcome.reason} ${outcome.rule}`.includes(refused);
  }
}

const sorted = (fields: object | undefined): unknown =>
  fields && Object.fromEntries(Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1)));

const all: readonly Row[] = Object.values(requests).flat();
const DISRUPTING = /upgrade|failure|deploy|scale|remove|maintain|rotate|recover|create/;

describe('the table of requests', () => {
  it('has at least 150 rows, none twice', () => {
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map(row => JSON.stringify(row))).size).toBe(all.length);
  });

  it('R205 R316 R322: what the seed says is understood, all of it', () => {
    expect(requests.seed.map(fault).filter(Boolean)).toEqual([]);
  });

  it.each(Object.entries(requests).filter(([name]) => !['seed', 'plain', 'fresh'].includes(name)))(
    'R5, R204: %s requests come to what they should',
    (_name, rows) => {
      expect(rows.map(fault).filter(Boolean)).toEqual([]);
    },
  );

  it('R168: a task is never another than the one that was asked for', () => {
    const wrong = all.filter(row => {
      const outcome = understand(row.says, row.world ?? world);
      return outcome.outcome === 'task' && !isAsExpected(outcome, row.expects);
    });
    expect(wrong).toEqual([]);
  });

  it('R218 R328: nothing is planned from what is dangerous, injected, unsaid or ambiguous', () => {
    const { dangerous, injected, unsaid, ambiguous } = requests;
    const guessed = [...dangerous, ...injected, ...unsaid, ...ambiguous].filter(
      row => understand(row.says, row.world ?? world).outcome === 'task',
    );
    expect(guessed).toEqual([]);
  });

  it('R204: more than 93 of 100 orders are recognised', () => {
    const wanted = all.filter(row => row.expects.task !== undefined);
    const missed = wanted.map(fault).filter(text => text !== undefined);
    const recall = 1 - missed.length / wanted.length;
    const disrupting = wanted.filter(row => DISRUPTING.test(row.expects.task?.playbook ?? '')).length;
    process.stdout.write(
      `${all.length} requests: ${wanted.length} orders (${disrupting} that change something), recall ${(100 * recall).toFixed(1)} %, wrong plans 0\n${missed.join('\n')}\n`,
    );
    expect(recall).toBeGreaterThan(0.93);
  });
});
