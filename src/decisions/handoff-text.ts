interface DecodedText {
  text: string;
  /** False when bytes had to be replaced because they mean no character. */
  isExact: boolean;
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** By the byte order mark, else by where the zero byte of the first character, which JSON takes from ASCII, stands (RFC 4627, 3). */
function encodingOf([first, second]: Uint8Array): Encoding {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0 && second !== 0) return 'utf-16be';
  return second === 0 && first !== 0 ? 'utf-16le' : 'utf-8';
}

/** Text of a file in UTF-8 or UTF-16, with or without a byte order mark, which is taken off. Never throws. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const encoding = encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), isExact: true };
  } catch {
    return { text: new TextDecoder(encoding).decode(bytes), isExact: false };
  }
}
