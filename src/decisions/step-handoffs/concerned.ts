import type { NamespaceFacts } from '../../model/workload-facts.ts';
import { partyNamed } from '../handoff-fields.ts';

/** Labels by which a namespace says whose it is. */
const OWNER_LABELS = ['division', 'cortex.io/division', 'owner', 'team'];
/** What the seed says runs for whom (seed 354-362). */
const KNOWN_WORKLOADS: Readonly<Record<string, string>> = {
  n8n: 'workflows',
  prometheus: 'monitoring',
  grafana: 'monitoring',
};

/** The divisions whose namespaces these are: by label, else by the namespace's own words. Our own are nobody else's. */
export function concernedDivisions(namespaces: readonly Pick<NamespaceFacts, 'name' | 'labels'>[]): string[] {
  const found = namespaces.flatMap(({ name, labels }) => {
    const words = [
      ...OWNER_LABELS.flatMap(label => labels[label] ?? []),
      ...name.split('-').map(word => KNOWN_WORKLOADS[word] ?? word),
    ];
    const party = words.map(partyNamed).find(known => known?.kind === 'division' && known.name !== 'containers');
    return party ? [party.name] : [];
  });
  return [...new Set(found)].sort();
}
