import { deflate } from "../compression.js";
import { crc32 } from "../crc32.js";
import { PNG_SIGNATURE } from "./pngChunks.js";
import type { Raster } from "./raster.js";

/** The types of colour by the number of channels: grey, grey and alpha, RGB, RGB and alpha. */
const COLOUR = [0, 0, 4, 2, 6];

/**
 * A PNG file of an image with 8 bits a channel.
 * @param op name of the calling function, with which errors begin
 */
export async function encodePng(op: string, { width, height, channels, bytes }: Raster): Promise<Uint8Array> {
  const row = width * channels;
  // Each row begins with the number of its filter: 0, none.
  const lines = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) lines.set(bytes.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR[channels], 0, 0, 0], 8);
  const content = await deflate(op, lines, "deflate");
  const chunks = [chunk("IHDR", header), chunk("IDAT", content), chunk("IEND", new Uint8Array(0))];
  const file = new Uint8Array(PNG_SIGNATURE.length + chunks.reduce((sum, { length }) => sum + length, 0));
  file.set(PNG_SIGNATURE);
  let at = PNG_SIGNATURE.length;
  for (const one of chunks) {
    file.set(one, at);
    at += one.length;
  }
  return file;
}

/** Length, name, content, and the CRC-32 of name and content. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
