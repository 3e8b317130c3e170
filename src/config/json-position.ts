/** Line and column, both from 1, of a character offset. */
function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

class Scanner {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the first mistake, or the length of the text. */
  firstMistake(): number {
    const isWhole = this.#value();
    this.#take(SPACE);
    return isWhole ? this.#offset : Math.min(this.#offset, this.#text.length);
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    const match = pattern.exec(this.#text);
    if (match === null) return false;
    this.#offset += match[0].length;
    return true;
  }

  #mark(mark: string): boolean {
    this.#take(SPACE);
    if (this.#text[this.#offset] !== mark) return false;
    this.#offset += 1;
    return true;
  }

  #value(): boolean {
    if (this.#mark('{')) return this.#items('}', () => this.#member());
    if (this.#mark('[')) return this.#items(']', () => this.#value());
    return this.#take(STRING) || this.#take(SCALAR);
  }

  #member(): boolean {
    this.#take(SPACE);
    return this.#take(STRING) && this.#mark(':') && this.#value();
  }

  #items(end: string, item: () => boolean): boolean {
    if (this.#mark(end)) return true;
    do {
      if (!item()) return false;
    } while (this.#mark(','));
    return this.#mark(end);
  }
}

/**
 * Where a text stops being JSON, for messages. `JSON.parse` tells the place only sometimes, and quotes the text, which may hold
 * a secret.
 */
export function jsonMistake(text: string): { line: number; column: number } {
  return positionAt(text, new Scanner(text).firstMistake());
}
