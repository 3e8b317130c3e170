/** Files that may carry secrets (manifests, machine configs): 0600 in a 0700 folder outside the division directory, named for their hash. */
export interface PrivateFiles {
  /** Keeps the text; the same text is one file. Returns its sha256, 64 hex digits. [INTERNAL when the disk refuses] */
  keep(text: string): Promise<string>;
  /** [NOT_FOUND, RECORD_CORRUPT when it is not what its name says] */
  read(sha256: string): Promise<string>;
  pathOf(sha256: string): string;
}
