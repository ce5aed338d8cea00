import { crc32, deflateSync } from "node:zlib";

/** What a PNG file is written from. */
export interface PngSpec {
  width: number;
  height: number;
  /** The type of colour: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  type: number;
  depth: number;
  interlaced?: boolean;
  palette?: readonly number[];
  /** The samples of a pixel, of `depth` bits each. */
  pixel: (x: number, y: number) => readonly number[];
}

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** A chunk of a PNG file. */
export function pngChunk(name: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

export const PNG_BEGIN: Buffer = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function pngHeader(width: number, height: number, depth: number, type: number, rest: readonly number[] = [0, 0, 0]): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([depth, type, ...rest], 8);
  return pngChunk("IHDR", content);
}

/** The rows of a PNG file before they are packed. The rows take the five filters in turn. */
export function pngLines({ width, height, type, depth, interlaced = false, pixel }: PngSpec): Uint8Array {
  const channels = CHANNELS[type];
  const step = Math.max(1, (depth * channels) >> 3);
  const lines: number[] = [];
  for (const [left, top, stepX, stepY] of interlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    let above: number[] = [];
    for (let y = top, n = 0; y < height && left < width; y += stepY, n++) {
      const samples: number[] = [];
      for (let x = left; x < width; x += stepX) samples.push(...pixel(x, y));
      const row = packed(samples, depth);
      const filter = n % 5;
      lines.push(
        filter,
        ...row.map((byte, i) => (byte - predicted(filter, row[i - step] ?? 0, above[i] ?? 0, above[i - step] ?? 0)) & 255),
      );
      above = row;
    }
  }
  return Uint8Array.from(lines);
}

/** A PNG file. */
export function png(spec: PngSpec): Uint8Array {
  const { width, height, depth, type, palette, interlaced = false } = spec;
  const parts = [PNG_BEGIN, pngHeader(width, height, depth, type, [0, 0, Number(interlaced)])];
  if (palette !== undefined) parts.push(pngChunk("PLTE", Uint8Array.from(palette)));
  const data = deflateSync(pngLines(spec));
  // In two pieces, as programs write them.
  const half = data.length >> 1;
  parts.push(pngChunk("IDAT", data.subarray(0, half)), pngChunk("IDAT", data.subarray(half)), pngChunk("IEND", new Uint8Array(0)));
  return new Uint8Array(Buffer.concat(parts));
}

function packed(samples: readonly number[], depth: number): number[] {
  if (depth === 16) return samples.flatMap((sample) => [sample >> 8, sample & 255]);
  const bytes: number[] = Array(Math.ceil((samples.length * depth) / 8)).fill(0);
  for (const [i, sample] of samples.entries()) bytes[(i * depth) >> 3] |= sample << (8 - depth - ((i * depth) & 7));
  return bytes;
}

function predicted(filter: number, left: number, above: number, aboveLeft: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const p = left + above - aboveLeft;
  const nearest = Math.min(Math.abs(p - left), Math.abs(p - above), Math.abs(p - aboveLeft));
  return [left, above, aboveLeft].find((value) => Math.abs(p - value) === nearest) as number;
}
