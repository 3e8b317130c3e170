import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { API_FAULTS, MACHINE_FAULTS, POD_FAULTS, PROCESS_FAULTS } from '../../../src/simulation/fault-kinds.ts';
import { expectScenario } from './expect-scenario.ts';
import { faultsDocument } from './guide.ts';
import { scenarios, shownElsewhere } from './table.ts';

const kinds = [...MACHINE_FAULTS, ...API_FAULTS, ...POD_FAULTS, ...PROCESS_FAULTS];

describe.each(kinds)('%s', kind => {
  const own = scenarios.filter(({ fault }) => fault === kind);
  const elsewhere = shownElsewhere.filter(({ fault }) => fault === kind);

  it('has a scenario', () => {
    expect(own.length + elsewhere.length).toBeGreaterThan(0);
  });

  it.each(own.filter(({ isServed }) => !isServed))('$as', expectScenario);

  it.each(elsewhere)('is shown by "$title"', async ({ file, title }) => {
    expect(await readFile(file, 'utf8')).toContain(title);
  });
});

it('docs/faults.md says of each what happens and what to do', async () => {
  await expect(faultsDocument(kinds)).toMatchFileSnapshot('../../../docs/faults.md');
});
