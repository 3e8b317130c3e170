import type { KubeObject } from '../../world/store.ts';
import { asObjects, asText, at } from '../json.ts';

/** One column of a Table answer. */
export interface Column {
  name: string;
  type?: 'string' | 'integer' | 'date';
  format?: 'name';
  /** Shown with `-o wide` only. */
  wide?: true;
  description?: string;
  cell: (object: KubeObject, nowMs: number) => string | number;
}

/** An age the way kubectl writes it (duration.HumanDuration): 59s, 3m12s, 5h, 2d3h, 40d. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return years < 8 && days % 365 !== 0 ? `${years}y${days % 365}d` : `${years}y`;
}

/** The age of an RFC 3339 time; `<unknown>` for none. */
export function ageOf(time: unknown, nowMs: number): string {
  const then = Date.parse(asText(time));
  return Number.isNaN(then) ? '<unknown>' : humanDuration(nowMs - then);
}

export const NAME: Column = {
  name: 'Name',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  cell: object => object.metadata.name,
};

export const AGE: Column = {
  name: 'Age',
  description: 'Time since the object was created, in cluster time.',
  cell: (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs),
};

/** A column that shows the value at a path, or what stands for none. */
export const valueColumn = (
  name: string,
  path: readonly string[],
  otherwise: string | number = '<none>',
  more: Partial<Column> = {},
): Column => ({
  name,
  ...(typeof otherwise === 'number' ? { type: 'integer' as const } : {}),
  ...more,
  cell: object => {
    const value = at(object, ...path);
    return typeof value === 'string' || typeof value === 'number' ? value : otherwise;
  },
});

/** `CONTAINERS  IMAGES  SELECTOR` of a workload, for -o wide. */
export const TEMPLATE_COLUMNS: readonly Column[] = [
  {
    name: 'Containers',
    wide: true,
    cell: object =>
      containers(object)
        .map(c => asText(c.name))
        .join(','),
  },
  {
    name: 'Images',
    wide: true,
    cell: object =>
      containers(object)
        .map(c => asText(c.image))
        .join(','),
  },
  { name: 'Selector', wide: true, cell: object => labelText(at(object, 'spec', 'selector', 'matchLabels')) },
];

const containers = (object: KubeObject) => asObjects(at(object, 'spec', 'template', 'spec', 'containers'));

/** `a=b,c=d`, or `<none>`. */
export function labelText(labels: unknown): string {
  const pairs = typeof labels === 'object' && labels !== null ? Object.entries(labels) : [];
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${String(value)}`).join(',');
}
