import { deflate } from "../compression.js";
import { crc32 } from "../crc32.js";
import { joined } from "../file.js";
import { PNG_SIGNATURE } from "./pngChunks.js";
import type { Raster } from "./raster.js";

/** PNG's number for the type of colour, by the number of channels less 1: grey, grey and alpha, RGB, RGBA. */
const COLOURS = [0, 4, 2, 6];

/** Encodes an image as a PNG file (ISO 15948) of 8 bits a sample, packed by the platform, without filters: small pictures stay small. */
export async function encodePng(op: string, { width, height, channels, bytes }: Raster): Promise<Uint8Array> {
  const row = width * channels;
  const lines = new Uint8Array((1 + row) * height);
  for (let y = 0; y < height; y++) lines.set(bytes.subarray(y * row, (y + 1) * row), y * (1 + row) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOURS[channels - 1]], 8);
  const packed = await deflate(op, lines, "deflate");
  return joined(op, [
    Uint8Array.from(PNG_SIGNATURE),
    chunk(op, "IHDR", header),
    chunk(op, "IDAT", packed),
    chunk(op, "IEND", new Uint8Array()),
  ]);
}

function chunk(op: string, type: string, content: Uint8Array): Uint8Array {
  const body = joined(op, [new TextEncoder().encode(type), content]);
  const bytes = new Uint8Array(8 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  return bytes;
}
