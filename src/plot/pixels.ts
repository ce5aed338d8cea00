import { crc32 } from "../io/crc32.js";
import { element } from "./svg.js";

/** Sharp squares: browsers know the first word and pass over the second, the renderer of PNG takes the last one. */
const SHARP = "image-rendering:pixelated;image-rendering:optimizeSpeed";

/**
 * A picture of pixels within a drawing: sharp squares, however large it is drawn. It is written as PNG without compression, so that its bytes
 * are the same everywhere.
 * @param pixels red, green and blue, 0 … 255, of each pixel, row by row
 */
export function pixelImage(
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  columns: number,
  rows: number,
  pixels: Uint8Array,
): string {
  const href = `data:image/png;base64,${base64(png(columns, rows, pixels))}`;
  return element("image", {
    ...place,
    preserveAspectRatio: "none",
    style: SHARP,
    href,
  });
}

/** PNG of 8 bits a channel, with filter 0 and stored blocks. */
export function png(columns: number, rows: number, pixels: Uint8Array): Uint8Array {
  const line = 3 * columns;
  const lines = new Uint8Array(rows * (line + 1));
  for (let row = 0; row < rows; row++) lines.set(pixels.subarray(row * line, (row + 1) * line), row * (line + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, columns);
  view.setUint32(4, rows);
  header.set([8, 2], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", stored(lines)),
    chunk("IEND", new Uint8Array(0)),
  ];
  return concatenated(parts);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const named = concatenated([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), content]);
  const framed = new Uint8Array(named.length + 8);
  const view = new DataView(framed.buffer);
  view.setUint32(0, content.length);
  framed.set(named, 4);
  view.setUint32(4 + named.length, crc32(named));
  return framed;
}

/** Bytes of a stored block at most. */
const BLOCK = 65_535;

/** A zlib stream whose blocks are not compressed: RFC 1950, and 1951, section 3.2.4. */
function stored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let from = 0; from === 0 || from < bytes.length; from += BLOCK) {
    const block = bytes.subarray(from, from + BLOCK);
    const { length } = block;
    const isLast = from + BLOCK >= bytes.length;
    parts.push(Uint8Array.of(isLast ? 1 : 0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255), block);
  }
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, adler32(bytes));
  return concatenated([...parts, sum]);
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
