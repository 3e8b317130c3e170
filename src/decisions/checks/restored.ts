/** What a restored backup is measured by: what the live cluster says (ledger R139, R141). */

export interface ListedObject {
  kind: string;
  namespace: string | undefined;
  name: string;
  uid: string;
  /** Epoch milliseconds; undefined: it does not say. */
  createdAt: number | undefined;
}

export interface RestoredCounts {
  live: number;
  restored: number;
  /** Live, older than the snapshot, and not in what was restored: the backup lacks them. */
  missing: number;
  /** Made after the snapshot, so no backup could have them. */
  since: number;
  /** Deleted after the snapshot, so they came back. */
  back: number;
}

export interface RestoredComparison {
  kinds: Record<string, RestoredCounts>;
  /** Names of what is missing, by kind and name. */
  missing: string[];
  /** A handful that are there, for who looks. */
  found: string[];
}

const NAMED = 5;
const textOf = ({ kind, namespace, name }: ListedObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;

/** Objects are told apart by their uid: one of the same name that was made again is another. `takenAt`: of the snapshot, epoch ms. */
export function compareRestored(
  live: readonly ListedObject[],
  restored: readonly ListedObject[],
  takenAt: number,
): RestoredComparison {
  const [there, here] = [restored, live].map(list => new Set(list.map(({ uid }) => uid)));
  const isSince = ({ createdAt }: ListedObject): boolean => createdAt !== undefined && createdAt > takenAt;
  const missing = live.filter(object => there?.has(object.uid) === false && !isSince(object));
  const kinds: Record<string, RestoredCounts> = {};
  for (const kind of new Set([...live, ...restored].map(object => object.kind))) {
    const of = (list: readonly ListedObject[]): ListedObject[] => list.filter(object => object.kind === kind);
    kinds[kind] = {
      live: of(live).length,
      restored: of(restored).length,
      missing: of(missing).length,
      since: of(live).filter(object => there?.has(object.uid) === false && isSince(object)).length,
      back: of(restored).filter(({ uid }) => here?.has(uid) === false).length,
    };
  }
  const found = live.filter(({ uid }) => there?.has(uid) === true);
  return { kinds, missing: missing.map(textOf), found: found.slice(0, NAMED).map(textOf) };
}
