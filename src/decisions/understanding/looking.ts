/** Tasks that look and tell: clusters, a namespace, a month, a version. */
import type { PlaybookName } from '../../model/task.ts';
import { Draft } from './draft.ts';
import { monthOf } from './months.ts';
import { nameOf } from './names.ts';
import type { Request } from './request.ts';
import { mentions, takeClusters } from './subjects.ts';

/** No cluster named: every one is meant. */
export function draftLook(playbook: PlaybookName, request: Request): Draft {
  const draft = new Draft(playbook);
  if (playbook === 'division_review') takeMonth(draft, request);
  else {
    const clusters = takeClusters(draft, request, 'clusters', true);
    if (clusters.length > 0) draft.set('clusters', clusters.sort(), clusters.join(', '));
  }
  if (playbook === 'workload_monitoring') takeNamespace(draft, request);
  if (playbook === 'version_planning') takePlannedVersion(draft, request);
  return draft;
}

function takeMonth(draft: Draft, request: Request): void {
  const months = request.items.filter(({ kind }) => kind === 'month');
  const [only] = months;
  if (months.length > 1)
    draft.lacks(
      'month',
      'one month at a time',
      months.map(({ text }) => text),
    );
  else if (only !== undefined) {
    const month = monthOf(only.text, request.world.now);
    if (month === undefined) draft.lacks('month', 'which month?');
    else draft.set('month', month, only.text);
  }
  if (mentions(request, 'cluster').length > 0)
    draft.lacks('request', 'the review is of the division, not of one cluster');
}

function takeNamespace(draft: Draft, request: Request): void {
  const named = mentions(request, 'namespace');
  const names = [...new Set(named.flatMap(({ references }) => references.map(nameOf)))];
  const [name] = names;
  if (name === undefined) return;
  if (names.length > 1) {
    draft.lacks('namespace', 'one namespace at a time', names);
    return;
  }
  const where = new Set(named.flatMap(({ references }) => references.map(({ cluster }) => cluster)));
  const clusters = draft.fields.clusters;
  const elsewhere = Array.isArray(clusters) ? clusters.filter(cluster => !where.has(cluster)) : [];
  if (elsewhere.length > 0) draft.lacks('namespace', `there is no ${name} in ${elsewhere.join(', ')}`, [...where]);
  else draft.set('namespace', name, name);
}

function takePlannedVersion(draft: Draft, request: Request): void {
  const versions = request.items.filter(({ kind }) => kind === 'version').map(({ text }) => text);
  const [only] = versions;
  if (versions.length > 1) draft.lacks('to_version', 'one version at a time', versions);
  else if (only !== undefined) draft.set('to_version', only, only);
  const { concepts } = request;
  if (only !== undefined && concepts.has('plan') && concepts.has('upgrade') && !concepts.has('releases')) {
    draft.lacks('playbook', 'a schedule, or the upgrade itself?', [
      'version_planning',
      'kubernetes_upgrade',
      'talos_upgrade',
    ]);
  }
}
