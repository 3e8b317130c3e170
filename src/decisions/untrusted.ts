const FENCE = /<\/?untrusted>/gi;

/** What a cluster said, as data: it can't close its own fence, also when that was put together from pieces. */
export function untrusted(text: string): string {
  return `<untrusted>${text.replaceAll(FENCE, '').replaceAll(/<(?=\s*\/?\s*untrusted)/gi, '‹')}</untrusted>`;
}

/** A text that was cut inside a fence gets its end back: what follows is ours and must not read as foreign. */
export function fenceClosed(text: string): string {
  const isOpen = text.lastIndexOf('<untrusted>') > text.lastIndexOf('</untrusted>');
  return isOpen ? `${text}</untrusted>` : text;
}
