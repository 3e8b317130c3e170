import { cell, readTable } from './table.ts';

export interface ImageReading {
  image: string;
  digest: string;
  /** As talosctl rounds it, e.g. 20 MB. */
  size: string;
  created: string;
}

/** `talosctl image list`; its LABELS, which newer ones have, are left out. */
export function readImages(text: string): ImageReading[] {
  const table = readTable(text, ['IMAGE', 'DIGEST', 'SIZE', 'CREATED'], 'the answer of talosctl image list');
  return table.rows.map(row => ({
    image: cell(table, row, 'IMAGE'),
    digest: cell(table, row, 'DIGEST'),
    size: cell(table, row, 'SIZE'),
    created: cell(table, row, 'CREATED'),
  }));
}
