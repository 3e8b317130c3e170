/** Words of a template's variables in braces, or a fixed address without any. */
export interface ResourceFamily<Context> {
  /** Unique among the server's resources. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** `gm://division/state`, or `gm://clusters/{name}`. */
  readonly uri: string;
  /** True where counting a reading would change what is read. */
  readonly isUncounted?: boolean;
  /** Of a text that is sent as it is; absent: JSON. */
  readonly mimeType?: string;
  /** How long a reading may be kept, in milliseconds. */
  readonly keepMs: number;
  /** The value, sent as JSON; of a family with a `mimeType` the text itself. Throws DivisionError; NOT_FOUND becomes "unknown resource". */
  read(context: Context, variables: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown>;
  /** What `resources/list` shows of a template: few, the newest; the rest is found by completion. */
  list?(context: Context, signal: AbortSignal): Promise<readonly ListedResource[]>;
  /** Values of one variable; the boundary keeps those that begin as typed. */
  readonly complete?: Readonly<Record<string, Completion<Context>>>;
}

interface ListedResource {
  uri: string;
  name: string;
}

/** Values that may stand there, best first; `given` are the other arguments. The boundary drops what does not begin as typed. */
export type Completion<Context> = (
  context: Context,
  typed: string,
  given: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<readonly string[]>;
