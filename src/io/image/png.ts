import { message } from "../../errors/message.js";
import { inflate } from "../compression.js";
import { FileError } from "../error.js";
import { readChunks } from "./pngChunks.js";
import type { PngHeader } from "./pngHeader.js";
import { type Pass, passesOf, samplesOf } from "./pngPasses.js";
import { unfilter } from "./pngScanlines.js";
import type { Raster } from "./raster.js";

/**
 * Decodes a PNG file (ISO 15948): all kinds of colour, 1 to 16 bits a sample, interlaced or not. Samples become bytes. Every checksum is
 * compared, and nothing is allocated before the file is known to hold so much. The pixels are unpacked by the platform.
 * @throws FileError for a file that is damaged, truncated, or has more pixels than `maxPixels`
 */
export async function decodePng(op: string, bytes: Uint8Array, maxPixels: number): Promise<Raster> {
  const { header, palette, packed } = readChunks(op, bytes, maxPixels);
  const passes = passesOf(header);
  const size = passes.reduce((sum, { rowBytes, height }) => sum + (1 + rowBytes) * height, 0);
  const lines = await inflate(op, packed, size);
  const { width, height, channels } = header;
  const colours = palette === null ? channels : 3;
  // Without passes and a palette the samples are the image.
  if (passes.length === 1 && palette === null) {
    const rows = unfilter(op, lines, passes[0].rowBytes, pixelBytes(header));
    return { width, height, channels, bytes: samplesOf(rows, passes[0], header) };
  }
  const out = new Uint8Array(width * height * colours);
  let at = 0;
  for (const pass of passes) {
    const end = at + (1 + pass.rowBytes) * pass.height;
    const rows = unfilter(op, lines.subarray(at, end), pass.rowBytes, pixelBytes(header));
    at = end;
    const samples = samplesOf(rows, pass, header);
    if (palette !== null) checkIndices(op, samples, palette.length / 3);
    place(out, samples, pass, header, palette);
  }
  return { width, height, channels: colours, bytes: out };
}

/** The bytes from a pixel to the next, at least 1. */
function pixelBytes({ depth, channels }: PngHeader): number {
  return Math.max(1, (depth * channels) >> 3);
}

function checkIndices(op: string, indices: Uint8Array, colours: number): void {
  for (const index of indices) {
    if (index >= colours)
      throw new FileError(message(op, `the PNG file has a pixel of colour ${index}; its palette has ${colours} colours`));
  }
}

/** Writes the samples of a pass to their places in the image. */
function place(out: Uint8Array, samples: Uint8Array, pass: Pass, { width, channels }: PngHeader, palette: Uint8Array | null): void {
  const { left, top, stepX, stepY } = pass;
  const colours = palette === null ? channels : 3;
  let from = 0;
  for (let y = 0; y < pass.height; y++) {
    let to = ((top + y * stepY) * width + left) * colours;
    for (let x = 0; x < pass.width; x++, to += stepX * colours) {
      if (palette === null) for (let channel = 0; channel < channels; channel++) out[to + channel] = samples[from++];
      else {
        const colour = 3 * samples[from++];
        for (let channel = 0; channel < 3; channel++) out[to + channel] = palette[colour + channel];
      }
    }
  }
}
