/** What a caller of the control URL (or of a clusters file) got wrong, and how to put it right. */
export class BadRequest extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
