/** Reports of the division (seed lines 561-597): one file each under reports/TYPE/. */
export interface Reports {
  /** Writes the report whole and without secrets; the same name again replaces it. Returns where it is, relative to the division directory. [INTERNAL when the disk refuses] */
  write(type: string, name: string, report: Record<string, unknown>): Promise<string>;
}
