/** A limit the value is held to; with `of` it counts that peer's value, else the unit itself. */
export interface Target {
  atMost: number;
  of?: string;
}

/** One row of the table. */
export interface Row {
  what: string;
  unit: string;
  value: number;
  /** The same thing of others, measured in the same run. */
  peers?: Readonly<Record<string, number>>;
  /** None: told, not judged. */
  targets?: readonly Target[];
  /** How it was measured, where that is not plain. */
  note?: string;
}

export interface Judged {
  limit: number;
  /** The peer whose value the limit multiplies; absent: the limit is in the row's unit. */
  of?: string;
  /** The value over that peer's, or over the limit. */
  ratio: number;
  isMet: boolean;
}

/** Throws when a target names a peer that was not measured. */
export function judge(row: Row): Judged[] {
  return (row.targets ?? []).map(({ atMost, of }) => {
    const base = of === undefined ? atMost : row.peers?.[of];
    if (base === undefined) throw new Error(`${row.what}: no figure of ${of}`);
    const ratio = row.value / base;
    return { limit: atMost, ...(of !== undefined && { of }), ratio, isMet: ratio <= (of === undefined ? 1 : atMost) };
  });
}
