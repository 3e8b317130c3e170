/** A picture of a picture: hosts that show no SVG show PNG. */

const renderer = () => import('@resvg/resvg-js');

/** PNG of an SVG, twice its size; undefined where the optional renderer (@resvg/resvg-js) is not installed. */
export async function pngOf(svg: string, load: typeof renderer = renderer): Promise<Uint8Array | undefined> {
  const loaded = await load().catch(() => undefined);
  if (loaded === undefined) return undefined;
  return new loaded.Resvg(svg, { fitTo: { mode: 'zoom', value: 2 } }).render().asPng();
}
