import { loadFonts, loadResvg } from "./peers.js";

/** Draws an SVG as PNG. @param op the name in errors @param scale pixels for each of the SVG @throws PeerError */
export async function rasterize(op: string, svg: string, scale: number): Promise<Uint8Array> {
  const [{ Resvg }, fontBuffers] = await Promise.all([loadResvg(op), loadFonts(op)]);
  const font = { fontBuffers, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" };
  const drawing = new Resvg(svg, { font, fitTo: { mode: "zoom", value: scale }, background: "#ffffff" });
  const image = drawing.render();
  const png = image.asPng();
  image.free();
  drawing.free();
  return png;
}
